import { embeddedProvisioner } from '../embedded/provision.ts';

export const provisioner = embeddedProvisioner('broker');
