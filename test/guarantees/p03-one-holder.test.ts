import { promise } from './promise';

promise(
	'P3: while a lease runs nobody else is given the message; at its very end it may be handed out again',
	`
       0  publish a
       0  receive 1 lease 30 by w1  -> a#1 until 30
  29.999  receive 1 by w2           -> nothing
      30  receive 1 by w2           -> a#2 until 60
`,
);

promise(
	'P3: an extension counts from now, may shorten, and may come late',
	`
       0  publish a
       0  receive 1 lease 30       -> a#1
      29  extend a#1 lease 30      -> extended 59
  58.999  receive 1                -> nothing
  58.999  extend a#1 lease 0.5     -> extended 59.499
  59.498  receive 1                -> nothing
      70  extend a#1 lease 10      -> extended 80
  79.999  receive 1                -> nothing
      80  receive 1                -> a#2
      80  extend a#1 lease 10      -> stale a#2
`,
);

promise(
	'P3: two that ask at the same time get different messages',
	`
   0  publish a, b
   0  receive 1 by w1   -> a#1
   &  receive 1 by w2   -> b#1
   &  receive 1 by w3   -> nothing
`,
);

promise(
	'P3: waiting receivers are served first come first served, each message to one of them',
	`
   0  wait w1 20 by w1
   1  wait w2 20 by w2
   2  publish a
   2  answer w1         -> a#1
   2  answer w2         -> waiting
   3  publish b
   3  answer w2         -> b#1
   3  receive 10        -> nothing
`,
);

promise(
	'P3: a wait that is over without a message is an empty answer, and takes nothing afterwards',
	`
       0  wait w 20
  19.999  answer w      -> waiting
      20  answer w      -> nothing
      20  publish a
      20  receive 1     -> a#1
`,
);

promise(
	'P3: a lease of no time at all is over at once, and one receive hands a message out once',
	`
   0  publish a, b key k, c key k
   0  receive 10 lease 0  -> a#1, b#1, c#1
   0  receive 10 lease 0  -> a#2, b#2
   0  ack a#2
   1  receive 10 lease 5  -> b#3
   1  receive 10          -> nothing
`,
	{ only: 'engine' },
);

promise(
	'P3: a lease of no time at all on a key whose next message is delayed ends, too',
	`
   0  publish a key k
   0  receive 1 lease 5         -> a#1
   0  publish b key k, c key k delay 100
   0  receive 10                -> nothing
   1  ack a#1
   1  receive 10 lease 0        -> b#1
   1  receive 10 lease 0        -> b#2
   1  ack b#2
 100  receive 10                -> c#1
`,
	{ only: 'engine' },
);

promise(
	'P3: several that wait with no lease at all are each answered once',
	`
   0  queue maxReceives 3
   0  wait w1 20 lease 0
   0  wait w2 20 lease 0
   1  publish a
   1  answer w1           -> a#1 until 1
   1  answer w2           -> a#2 until 1
   2  wait w3 20 lease 0
   2  answer w3           -> a#3
   3  tick
   3  figures             -> visible 0, leased 0
`,
	{ only: 'engine' },
);

promise(
	'P3: who waits gets what another one held for no time at all',
	`
   0  publish a
   0  receive 1 lease 10        -> a#1
   1  wait w 20 lease 10
  10  answer w                  -> a#2
  20  wait v 20 lease 10 as r
  20  answer v                  -> a#3 until 30
  20  wait u 20 lease 10
  21  receive 1 lease 0 as r    -> a#3 until 21
  21  answer u                  -> a#4 until 31
`,
	{ only: 'engine' },
);

promise(
	'P3: when a message was first handed out is remembered, whatever became of it since',
	`
   0  publish a, b
   0  look a                       -> visible, attempt 0
   5  receive 1 lease 10           -> a#1 until 15 first 5
   6  retry a#1 delay 10
   7  look a                       -> delayed until 16, attempt 1, first 5
  16  receive 1 lease 10           -> a#2 until 26 first 5
  17  restart
  26  receive 2 lease 10           -> a#3 until 36 first 5, b#1 until 36 first 26
  27  extend a#3 lease 20          -> extended 47
  28  restart
  47  receive 2 lease 10           -> b#2 until 57 first 26, a#4 until 57 first 5
`,
);
