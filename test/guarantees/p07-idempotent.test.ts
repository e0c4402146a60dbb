import { promise } from './promise';

promise(
	'P7: a dedupId is accepted once in its window, and again exactly at its end',
	`
        0  queue dedupWindow 60
        0  publish a dedup d
        1  publish b dedup d   -> duplicate a
   59.999  publish c dedup d   -> duplicate a
       60  publish e dedup d   -> ok
       60  publish f dedup d   -> duplicate e
  119.999  publish g dedup d   -> duplicate e
      120  publish h dedup d   -> ok
      120  receive 10          -> a#1, e#1, h#1
`,
);

promise(
	'P7: the first one is named also after it was consumed, removed or purged',
	`
   0  publish a dedup 1, b dedup 2, c dedup 3
   0  receive 1           -> a#1
   0  ack a#1
   0  remove b
   0  publish d dedup 1   -> duplicate a
   0  publish e dedup 2   -> duplicate b
   0  purge               -> purged 1
   0  publish f dedup 3   -> duplicate c
   0  receive 10          -> nothing
`,
);

promise(
	'P7: a purge forgets what was accepted where it is asked to, and remembers what comes after it',
	`
   0  publish a dedup 1
   0  purge forget        -> purged 1
   0  publish b dedup 1   -> ok
   1  restart
   1  publish c dedup 1   -> duplicate b
   1  receive 10          -> b#1
`,
);

promise(
	'P7: duplicates are found within a batch, in one commit, and across a restart',
	`
   0  publish a dedup d, b dedup d, c   -> ok, duplicate a, ok
   1  publish e dedup e
   &  publish f dedup e                 -> duplicate e
   1  restart
   2  publish g dedup d, h dedup e      -> duplicate a, duplicate e
   2  receive 10                        -> a#1, c#1, e#1
`,
);

promise(
	'P7: a refused message has not used up its dedupId',
	`
   0  queue maxBacklog 1
   0  publish a
   0  publish b dedup d   -> backlog_full
   0  receive 1           -> a#1
   0  ack a#1
   0  publish b dedup d   -> ok
   0  publish c dedup d   -> duplicate b
`,
);

promise(
	'P7: a window that is changed counts from then on for ids accepted before',
	`
   0  queue dedupWindow 60
   0  publish a dedup d
  10  set dedupWindow 10
  10  publish b dedup d   -> ok
  11  set dedupWindow 600
 300  publish c dedup d   -> duplicate b
`,
);
