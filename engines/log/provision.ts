import { clusterOf } from '../embedded/cluster.ts';
import { embeddedProvisioner } from '../embedded/provision.ts';

export const provisioner = embeddedProvisioner('log', clusterOf('log'));
