import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './bundle.ts';

/** `npm run deploy`: arguments go to wrangler, so `npm run deploy -- --dry-run` tries it without an account. */
const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');
const parameters = process.argv.slice(2);
const { status } = spawnSync(process.execPath, [wrangler, 'deploy', ...parameters], { cwd: root, stdio: 'inherit' });
if (status === 0) {
	console.log(`
Sluice refuses every request until it has a root key. Set it once, and again to change it:

  openssl rand -hex 32 | tee root-key.txt | npx wrangler secret put SLUICE_ROOT_KEY

To rotate it, first set SLUICE_ROOT_KEY_PREVIOUS to the old one in the same way: it is honoured until you delete it.`);
}
process.exitCode = status ?? 1;
