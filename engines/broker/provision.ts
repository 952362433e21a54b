import { clusterOf } from '../embedded/cluster.ts';
import { embeddedProvisioner } from '../embedded/provision.ts';

export const provisioner = embeddedProvisioner('broker', clusterOf('broker'));
