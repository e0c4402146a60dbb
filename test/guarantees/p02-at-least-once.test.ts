import { promise } from './promise';

promise(
	'P2: a message comes again until it is acknowledged',
	`
   0  queue visibilityTimeout 10 maxReceives 5
   0  publish a
   0  receive 1   -> a#1 until 10
  10  receive 1   -> a#2 until 20
  20  receive 1   -> a#3 until 30
  25  ack a#3
  60  receive 1   -> nothing
  60  figures     -> visible 0, leased 0, delayed 0
`,
);

promise(
	'P2: at most once, a message is gone when it is handed out, and there is nothing to settle',
	`
   0  queue delivery at-most-once
   0  publish a, b key k, c key k
   0  receive 2   -> a#1 without receipt, b#1 without receipt
   0  figures     -> visible 1, leased 0
   0  restart
 100  receive 10  -> c#1 without receipt
 100  receive 10  -> nothing
 100  figures     -> visible 0, leased 0, delayed 0
`,
);

promise(
	'P2: a queue that turns to at most once hands out again what was leased before',
	`
   0  publish a
   0  receive 1 lease 10   -> a#1
   5  set delivery at-most-once
   9  receive 1            -> nothing
  10  receive 1            -> a#2 without receipt
  10  ack a#1              -> unknown
  99  receive 1            -> nothing
`,
);
