import { promise } from './promise';

promise(
	'P4: a receipt dies when the message is handed out again',
	`
   0  publish a
   0  receive 1 lease 30  -> a#1
  30  receive 1 lease 30  -> a#2
  31  ack a#1             -> stale
  31  ack a#2             -> acked
`,
);

promise(
	'P4: stale says who has it, since when, as which attempt, and changes nothing',
	`
   0  publish a
   0  receive 1 lease 30 by w1   -> a#1
  30  receive 1 lease 30 by w2   -> a#2 until 60
  31  ack a#1                    -> stale a#2 at 30 by w2
  31  retry a#1 delay 0          -> stale a#2 at 30 by w2
  31  extend a#1 lease 100       -> stale a#2 at 30 by w2
  31  look a                     -> leased until 60, attempt 2
  60  receive 1 by w3            -> a#3
  61  ack a#2                    -> stale a#3 at 60 by w3
  62  ack a#3
`,
);

promise(
	'P4: a late acknowledgement is honoured until the message has been handed out again',
	`
   0  publish a, b
   0  receive 2 lease 30  -> a#1, b#1
 500  ack a#1             -> acked
 500  receive 10          -> b#2
 501  ack b#1             -> stale b#2
`,
);

promise(
	'P4: exactly at the expiry the receipt still counts, if nobody was faster',
	`
   0  publish a, b
   0  receive 2 lease 30  -> a#1, b#1
  30  ack a#1             -> acked
  30  receive 1           -> b#2
  30  ack b#1             -> stale b#2
`,
);

promise(
	'P4: the receipt of a message that was given back counts until it is handed out again',
	`
   0  publish a, b
   0  receive 2            -> a#1, b#1
   1  retry a#1 delay 10   -> retried 11
   1  retry b#1 delay 10   -> retried 11
   2  ack a#1              -> acked
   2  extend b#1 lease 20  -> extended 22
  11  receive 2            -> nothing
  22  receive 2            -> b#2
  22  retry b#1            -> stale b#2
`,
);

promise(
	'P4: what is finished is unknown, whoever asks',
	`
   0  publish a, b, c
   0  receive 3            -> a#1, b#1, c#1
   0  ack a#1
   0  ack a#1              -> unknown
   0  retry a#1            -> unknown
   0  extend a#1 lease 10  -> unknown
   0  remove b
   0  ack b#1              -> unknown
   0  purge                -> purged 1
   0  ack c#1              -> unknown
  60  receive 10           -> nothing
`,
);

promise(
	'P4: a settle may insist on its lease: once that is over it changes nothing, though nobody else has the message',
	`
       0  publish a, b, c
       0  receive 3 lease 30                      -> a#1, b#1, c#1
  29.999  extend c#1 lease 0.5 only leased        -> extended 30.499
      30  ack a#1 only leased                     -> expired
      30  retry a#1 delay 0 only leased           -> expired
      30  extend a#1 lease 10 only leased         -> expired
  30.498  ack c#1 only leased                     -> acked
      31  look a                                  -> visible, attempt 1
      31  ack a#1                                 -> acked
      31  receive 10                              -> b#2
      31  ack b#1 only leased                     -> stale b#2
      31  ack a#1 only leased                     -> unknown
`,
);

promise(
	'P4: a message that was given back is not held, for who insists on its lease',
	`
   0  publish a, b key k
   0  receive 2                              -> a#1, b#1
   1  retry a#1 delay 10 only leased         -> retried 11
   1  retry b#1 delay 10 only leased         -> retried 11
   2  ack a#1 only leased                    -> expired
   2  retry b#1 delay 5 only leased          -> expired
   2  extend a#1 lease 5 only leased         -> expired
   2  restart
   2  ack b#1 only leased                    -> expired
  11  receive 2 lease 10                     -> a#2, b#2
  12  settle ack a#2 only leased, extend b#2 lease 10 only leased -> acked, extended
`,
);

promise(
	'P4: an acknowledgement that insists on its lease publishes nothing once that is over',
	`
   0  publish a, b
   0  receive 1 lease 10                                                           -> a#1
   0  receive 1 lease 30                                                           -> b#1
  10  settle ack a#1 only leased, ack b#1 only leased, publish x to q2             -> expired, kept, published 0
  10  settle ack a#1 only leased, ack b#1 only leased, publish x to q2 for b#1     -> expired, acked, published 1
  11  browse on q2                                                                 -> x visible
  11  receive 10                                                                   -> a#2
`,
);
