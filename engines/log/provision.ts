import { clusterUp } from '../embedded/cluster.ts';
import { embeddedProvisioner } from '../embedded/provision.ts';

export const provisioner = embeddedProvisioner('log', clusterUp);
