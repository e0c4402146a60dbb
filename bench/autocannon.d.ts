/** The part of autocannon that the benchmark uses; the package brings no types. */
declare module 'autocannon' {
	interface Options {
		readonly url: string;
		readonly connections: number;
		/** Seconds. */
		readonly duration: number;
		readonly pipelining?: number;
		readonly method?: 'GET' | 'POST';
		readonly headers?: Readonly<Record<string, string>>;
		readonly body?: string;
	}

	interface Result {
		readonly '2xx': number;
		readonly non2xx: number;
		readonly errors: number;
		readonly timeouts: number;
		/** Seconds that it really took. */
		readonly duration: number;
	}

	export default function autocannon(options: Options): Promise<Result>;
}
