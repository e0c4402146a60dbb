"""A Celery application whose broker is SQS, as its documentation sets it up. What its tasks do is written to a file."""

import json
import os

from celery import Celery
from kombu.utils.url import safequote

key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
host = os.environ["ENDPOINT"].split("//")[1]

app = Celery("tasks", broker=f"sqs://{safequote(key)}:{safequote(secret)}@{host}//")
app.conf.update(
    broker_transport_options={
        "is_secure": False,
        "region": os.environ["AWS_DEFAULT_REGION"],
        "queue_name_prefix": os.environ["QUEUE_PREFIX"],
        "visibility_timeout": 2,
        "wait_time_seconds": 1,
        "polling_interval": 0.1,
    },
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    task_ignore_result=True,
)


def journal(entry):
    with open(os.environ["JOURNAL"], "a") as file:
        file.write(json.dumps(entry) + "\n")


@app.task
def add(x, y):
    journal(["add", x, y])
    return x + y


@app.task
def double(x):
    journal(["double", x])
    return x * 2


@app.task
def finish(x):
    journal(["finish", x])


@app.task(bind=True, max_retries=5)
def flaky(self, name):
    """Fails twice, then works."""
    journal(["flaky", name, self.request.retries])
    if self.request.retries < 2:
        raise self.retry(countdown=0)
    journal(["worked", name])


@app.task
def deadly(name):
    """Ends its worker the first time, in the middle of the work: nothing is acknowledged."""
    is_first = not os.path.exists(os.environ["JOURNAL"])
    journal(["deadly", name, is_first])
    if is_first:
        os._exit(9)


if __name__ == "__main__":
    (add.s(2, 3) | double.s() | finish.s()).delay()
    for name in ("a", "b", "c"):
        flaky.delay(name)
