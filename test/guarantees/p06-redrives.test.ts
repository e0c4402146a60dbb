import { promise } from './promise';

const THREE_DEAD = `
   0  queue maxReceives 1
   0  publish a, b, c
   0  receive 3 lease 10            -> a#1, b#1, c#1
  10  tick
  10  browse on q-dlq               -> a visible, b visible, c visible`;

promise(
	'P6: a redrive is completed when what it has moved has arrived, and is remembered',
	`${THREE_DEAD}
  11  redrives on q-dlq             -> nothing
  11  redrive as r1 on q-dlq        -> accepted 3
  11  redrives on q-dlq             -> r1 completed 3 of 3
  11  receive 3                     -> a#1, b#1, c#1
  12  restart
  12  redrive as r2 on q-dlq        -> accepted 0
  12  redrives on q-dlq             -> r2 completed 0 of 0, r1 completed 3 of 3
  12  cancel r1 on q-dlq            -> redrive_not_found
  12  redrives                      -> nothing
`,
);

promise(
	'P6: a redrive that is cancelled moves nothing more: what has left arrives, the rest stays',
	`${THREE_DEAD}
  11  redrive rate 1 as r1 on q-dlq -> accepted 3
  11  redrives on q-dlq             -> r1 running 1 of 3
  11  redrive on q-dlq              -> redrive_running
  12  restart
  12  redrives on q-dlq             -> r1 running 2 of 3
  12  cancel r1 on q-dlq            -> r1 cancelled 2 of 3
  12  cancel r1 on q-dlq            -> redrive_not_found
  30  figures on q-dlq              -> visible 1, redriving 0, owed 0
  30  receive 3                     -> a#1, b#1
  30  redrive as r2 on q-dlq        -> accepted 1
  30  receive 3                     -> c#1
  30  restart
  30  redrives on q-dlq             -> r2 completed 1 of 1, r1 cancelled 2 of 3
`,
);

promise(
	'P6: a redrive to a queue that is deleted meanwhile fails, and what was on its way is back',
	`${THREE_DEAD}
  11  queue on other
  11  redrive to other rate 1 as r1 on q-dlq -> accepted 3
  11  delete on other
  13  redrives on q-dlq             -> r1 failed 1 of 3 queue_not_found
  13  browse on q-dlq               -> c visible, b visible
  13  cancel r1 on q-dlq            -> redrive_not_found
  14  redrive as r2 on q-dlq        -> accepted 2
  14  receive 3                     -> c#1, b#1
`,
);

promise(
	'P6: so does one to an origin that is gone; a redrive of named messages is no part of it',
	`${THREE_DEAD}
  11  redrive only a rate 1 on q-dlq -> accepted 1
  11  redrives on q-dlq             -> nothing
  11  redrive rate 1 as r1 on q-dlq -> accepted 2
  11  delete on q
  13  redrives on q-dlq             -> r1 failed 1 of 2 queue_not_found
  13  redrives on q                 -> queue_not_found
  13  restart
  13  redrives on q-dlq             -> r1 failed 1 of 2 queue_not_found
`,
);

promise(
	'P6: a redrive whose target takes nothing yet is still running, until its messages have arrived or it is cancelled',
	`${THREE_DEAD}
  11  set maxBacklog 1
  11  publish full
  11  redrive as r1 on q-dlq        -> accepted 3
  11  redrives on q-dlq             -> r1 running 3 of 3
  12  restart
  12  redrives on q-dlq             -> r1 running 3 of 3
  12  set maxBacklog none
 400  redrives on q-dlq             -> r1 completed 3 of 3
`,
);

promise(
	'P6: a purge takes what a redrive had still to send: it is completed with what has left',
	`${THREE_DEAD}
  11  redrive rate 1 as r1 on q-dlq -> accepted 3
  11  purge on q-dlq                -> purged 2
  11  redrives on q-dlq             -> r1 completed 1 of 3
`,
);
