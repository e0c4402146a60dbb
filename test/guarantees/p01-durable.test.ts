import { promise } from './promise';

promise(
	'P1: what was published survives a restart, and what was acknowledged does not come back',
	`
   0  publish a, b, c
   0  restart
   0  receive 2            -> a#1, b#1
   0  restart
   1  receive 10           -> c#1
   1  ack a#1
   1  restart
  30  receive 10           -> b#2
  31  receive 10           -> c#2
  31  ack b#2, c#2
  31  restart
 100  receive 10           -> nothing
`,
);

promise(
	'P1: leases, extensions and retries survive a restart to the millisecond',
	`
       0  publish a, b, c
       0  receive 3 lease 10   -> a#1, b#1, c#1
       1  extend a#1 lease 50  -> extended 51
       1  retry b#1 delay 20   -> retried 21
       1  restart
   9.999  receive 10           -> nothing
      10  receive 10           -> c#2
  20.999  receive 10           -> nothing
      21  receive 10           -> b#2
      22  ack b#2, c#2
      22  restart
  50.999  receive 10           -> nothing
      51  receive 10           -> a#2
`,
);

promise(
	'P1: delayed, keyed and prioritised messages survive a restart',
	`
   0  publish low, high priority 9, late delay 60, k1 key k, k2 key k
   0  receive 2 lease 20       -> high#1, low#1
   0  ack high#1, low#1
   1  receive 1 lease 20       -> k1#1
   1  receive 10               -> nothing
   1  restart
   2  receive 10               -> nothing
  21  receive 1                -> k1#2
  21  restart
  22  ack k1#2
  22  receive 10 lease 38      -> k2#1
  59  receive 10               -> nothing
  60  receive 10               -> late#1, k2#2
`,
);

promise(
	'P1: a settled batch survives a restart as it was settled, also in part',
	`
   0  publish a, b, c, d
   0  receive 4 lease 30   -> a#1, b#1, c#1, d#1
   1  settle ack a#1, retry b#1 delay 3, extend c#1 lease 5 -> acked, retried 4, extended 6
   1  restart
   4  receive 10           -> b#2
   6  receive 10           -> c#2
  30  receive 10           -> d#2
`,
);

promise(
	'P1: pause, settings and purge survive a restart',
	`
   0  publish a
   0  set visibilityTimeout 7
   0  pause
   0  restart
   0  receive 1            -> nothing
   1  resume
   1  restart
   1  receive 1            -> a#1 until 8
   2  publish b, c
   2  purge                -> purged 3
   2  restart
  60  receive 10           -> nothing
  60  ack a#1              -> unknown
`,
);

promise(
	'P1: a long poll outlives a restart of its object',
	`
       0  wait w 20
       0  restart
       1  publish a
       1  answer w          -> a#1
       1  wait w 20
       2  restart
  20.999  answer w          -> waiting
      21  answer w          -> nothing
`,
	{ only: 'http' },
);

promise(
	'P1: a restart in the middle of a long poll loses the wait, not the message',
	`
   0  wait w 20
   0  restart
   1  publish a
   1  receive 1            -> a#1
`,
	{ only: 'engine' },
);
