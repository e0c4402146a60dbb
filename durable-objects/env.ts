import type { Catalog } from './catalog';
import type { Partition } from './partition';
import type { TopicPartition } from './topic';

/** The Worker's bindings (wrangler.toml) and secrets. */
export interface Env {
	readonly CATALOG: DurableObjectNamespace<Catalog>;
	readonly PARTITION: DurableObjectNamespace<Partition>;
	readonly TOPIC: DurableObjectNamespace<TopicPartition>;
	/** The root key: a secret. Without it every request is refused. */
	readonly SLUICE_ROOT_KEY?: string;
	/** The root key before the last rotation: still honoured while it is set. */
	readonly SLUICE_ROOT_KEY_PREVIOUS?: string;
}
