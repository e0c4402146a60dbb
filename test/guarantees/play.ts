import { type Answer, goodAnswer, type Line, matches, seconds } from './script';

/** Something that scripts are played on. */
export interface Player {
	/** Lets time pass, with everything that falls due on the way. */
	advance(at: number): Promise<void>;
	/** Lines of one instant, at once; an answer each. */
	act(lines: readonly Line[]): Promise<Answer[]>;
	/** Lets what was started by the lines come to its end: what the courier owes, what an alarm does now. */
	settle(): Promise<void>;
	close(): Promise<void>;
}

/** Plays a script to its end or to the first answer that is not the expected one; then the error shows the story. */
export async function play(lines: readonly Line[], player: Player): Promise<void> {
	const story: string[] = [];
	let at = 0;
	for (const group of groups(lines)) {
		const [first] = group as [Line];
		if (first.at !== at || first.back) await player.advance(first.at);
		at = first.at;
		const answers = await player.act(group);
		await player.settle();
		for (const [index, line] of group.entries()) {
			const answer = answers[index] as Answer;
			const expected = line.expected ?? goodAnswer(line.action);
			const shown = answer.join(', ') || 'nothing';
			if (expected === null || matches(line.action, expected, answer)) {
				story.push(`    ${line.text.slice(0, 160)}`);
				continue;
			}
			story.push(`>>> ${line.text}`, `    answered: ${shown}`, `    expected: ${expected.join(', ') || 'nothing'}`);
			throw new Error(`line ${line.number}, at ${seconds(line.at)} s:\n${story.join('\n')}`);
		}
	}
}

/** Lines that share an instant by "&". */
function groups(lines: readonly Line[]): Line[][] {
	const groups: Line[][] = [];
	for (const line of lines) {
		if (line.joined) groups.at(-1)?.push(line);
		else groups.push([line]);
	}
	return groups;
}
