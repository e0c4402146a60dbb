import type { TestProject } from 'vitest/node';
import { installPythonClients, type PythonInstallation } from '../../../scripts/python-clients.ts';

declare module 'vitest' {
	interface ProvidedContext {
		pythonClients: PythonInstallation;
	}
}

/** Has the Python clients before a suite starts. Where one cannot be had, says which, and the suites that need it are skipped. */
export default async function setup(project: TestProject): Promise<void> {
	const installation = await installPythonClients();
	for (const [name, why] of Object.entries(installation.missing)) {
		console.error(`SKIPPED: the suites of ${name}, which is not here and could not be fetched (${why})`);
	}
	project.provide('pythonClients', installation);
}
