/** The npm package `workerd` brings no types. It is CommonJS: Node hands out its exports as the default. */
declare module 'workerd' {
	const workerd: {
		/** Path of the executable for this machine. */
		readonly default: string;
	};
	export default workerd;
}
