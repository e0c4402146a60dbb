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
