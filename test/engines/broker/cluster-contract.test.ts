import broker from '../../../engines/broker/engine.ts';
import { provisioner } from '../../../engines/broker/provision.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';

contractSuite('the embedded broker as quorum on three nodes', {
  engine: broker,
  module: new URL('../../../engines/broker/engine.ts', import.meta.url),
  profile: 'quorum',
  target: () => bringUp(provisioner, 3, broker.targetSettings(broker.profiles.quorum.options)),
});
