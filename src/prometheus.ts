/** Labels of a sample. */
export type Labels = Readonly<Record<string, string>>;

/**
 * Prometheus text format 0.0.4. An own writer, since the libraries keep counters of their own process: ours come
 * whole from the objects. All samples of a metric stand together, whatever order they are given in.
 */
export class Exposition {
	private readonly metrics = new Map<string, string[]>();

	gauge(name: string, help: string, labels: Labels, value: number): void {
		this.add(name, 'gauge', help, `${name}${labelText(labels)} ${value}`);
	}

	/** `name` ends in `_total`. */
	counter(name: string, help: string, labels: Labels, value: number): void {
		this.add(name, 'counter', help, `${name}${labelText(labels)} ${value}`);
	}

	/** `counts` are per bucket, the last one is +Inf's; here they are written cumulatively, as the format asks. */
	histogram(
		name: string,
		help: string,
		labels: Labels,
		bounds: readonly number[],
		counts: readonly number[],
		sum: number,
	): void {
		let count = 0;
		for (let bucket = 0; bucket <= bounds.length; bucket++) {
			count += counts[bucket] ?? 0;
			const le = bucket === bounds.length ? '+Inf' : String(bounds[bucket]);
			this.add(name, 'histogram', help, `${name}_bucket${labelText({ ...labels, le })} ${count}`);
		}
		this.add(name, 'histogram', help, `${name}_sum${labelText(labels)} ${sum}`);
		this.add(name, 'histogram', help, `${name}_count${labelText(labels)} ${count}`);
	}

	text(): string {
		return [...this.metrics.values()].map((lines) => `${lines.join('\n')}\n`).join('');
	}

	private add(name: string, type: string, help: string, line: string): void {
		const lines = this.metrics.get(name);
		if (lines !== undefined) lines.push(line);
		else this.metrics.set(name, [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, line]);
	}
}

function labelText(labels: Labels): string {
	const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabel(value)}"`);
	return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeHelp(text: string): string {
	return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
	return escapeHelp(text).replaceAll('"', '\\"');
}
