"""boto3 of the years in which it spoke the Query protocol: what an application of that time does, unchanged."""

import json
import os
import threading
import time
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

settings = {"endpoint_url": os.environ["ENDPOINT"], "config": Config(retries={"max_attempts": 0})}
sqs = boto3.client("sqs", **settings)
sns = boto3.client("sns", **settings)
resource = boto3.resource("sqs", **settings)


def unique(word):
    return f"{word}-{uuid.uuid4().hex[:10]}"


def new_queue(attributes=None, name=None):
    return sqs.create_queue(QueueName=name or unique("boto3"), Attributes=attributes or {})["QueueUrl"]


def arn_of(url):
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def receive(url, **options):
    wish = {"MaxNumberOfMessages": 10, "AttributeNames": ["All"], "MessageAttributeNames": ["All"], **options}
    return sqs.receive_message(QueueUrl=url, **wish).get("Messages", [])


def refused(call, code, status, message=None, **options):
    try:
        answer = call(**options)
    except ClientError as error:
        told = error.response
        assert told["Error"]["Code"] == code, told
        assert told["ResponseMetadata"]["HTTPStatusCode"] == status, told
        assert message is None or told["Error"]["Message"] == message, told
        return error
    raise AssertionError(f"it was answered: {answer}")


def check_it_speaks_query():
    assert sqs.meta.service_model.metadata["protocol"] == "query"


def check_queues():
    name = unique("boto3")
    url = new_queue({"VisibilityTimeout": "40", "DelaySeconds": "0"}, name)
    assert url.endswith("/" + name), url
    assert sqs.get_queue_url(QueueName=name)["QueueUrl"] == url
    assert sqs.list_queues(QueueNamePrefix=name)["QueueUrls"] == [url]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30", "MessageRetentionPeriod": "60"})
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "30" and attributes["MessageRetentionPeriod"] == "60", attributes
    assert attributes["ApproximateNumberOfMessages"] == "0", attributes
    sqs.delete_queue(QueueUrl=url)
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix=name)


def check_empty_lists():
    """botocore tells an empty list as one without entries."""
    url = new_queue()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    assert len(receive(url, AttributeNames=[], MessageAttributeNames=[])) == 1
    sns.create_topic(Name=unique("boto3"), Tags=[])


def check_empty_answers():
    """botocore looks for the element of a result, though it may be empty."""
    url = new_queue()
    assert receive(url) == []
    assert sqs.get_queue_attributes(QueueUrl=url).get("Attributes", {}) == {}
    assert sqs.list_queue_tags(QueueUrl=url).get("Tags", {}) == {}
    assert sqs.list_dead_letter_source_queues(QueueUrl=url).get("queueUrls", []) == []
    topic = sns.create_topic(Name=unique("boto3"))["TopicArn"]
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "team", "Value": "shop"}])
    sns.untag_resource(ResourceArn=topic, TagKeys=["team"])
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == []
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def check_pages():
    prefix = unique("boto3")
    urls = sorted(new_queue(name=f"{prefix}-{index}") for index in range(3))
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix, PaginationConfig={"PageSize": 2})
    found = [page.get("QueueUrls", []) for page in pages]
    assert [len(page) for page in found] == [2, 1], found
    assert sorted(url for page in found for url in page) == urls


def check_messages_with_attributes():
    url = new_queue()
    body = '<a href="x">Grüße & 🐌</a>\r\nend'
    attributes = {
        "text": {"DataType": "String", "StringValue": 'a "b" <c>'},
        "number": {"DataType": "Number.int", "StringValue": "12"},
        "bytes": {"DataType": "Binary", "BinaryValue": bytes([0, 1, 254, 255])},
    }
    sent = sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
    (message,) = receive(url)
    assert message["Body"] == body, message
    assert message["MessageId"] == sent["MessageId"]
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"]
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert message["MessageAttributes"] == attributes, message
    assert message["Attributes"]["ApproximateReceiveCount"] == "1", message
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert receive(url) == []


def check_batches():
    url = new_queue()
    entries = [{"Id": str(index), "MessageBody": f"m{index}", "DelaySeconds": 0} for index in range(9)]
    entries.append({"Id": "bad", "MessageBody": "m", "DelaySeconds": 901})
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert len(answer["Successful"]) == 9, answer
    assert [(entry["Id"], entry["SenderFault"]) for entry in answer["Failed"]] == [("bad", True)], answer
    messages = receive(url)
    assert sorted(message["Body"] for message in messages) == sorted(f"m{index}" for index in range(9))
    handles = [{"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]} for index, message in enumerate(messages)]
    back = [{**handle, "VisibilityTimeout": 0} for handle in handles[:2]]
    assert len(sqs.change_message_visibility_batch(QueueUrl=url, Entries=back)["Successful"]) == 2
    done = sqs.delete_message_batch(QueueUrl=url, Entries=handles[2:])
    assert len(done["Successful"]) == 7 and "Failed" not in done, done
    assert len(receive(url)) == 2


def check_visibility():
    url = new_queue()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = receive(url)
    assert receive(url) == []
    handle = message["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    (again,) = receive(url)
    assert again["Attributes"]["ApproximateReceiveCount"] == "2", again


def check_a_long_poll():
    url = new_queue()
    later = threading.Timer(0.3, lambda: sqs.send_message(QueueUrl=url, MessageBody="x"))
    begun = time.monotonic()
    later.start()
    (message,) = receive(url, WaitTimeSeconds=10)
    assert message["Body"] == "x" and time.monotonic() - begun < 5
    later.join()


def check_fifo():
    url = new_queue({"FifoQueue": "true"}, unique("boto3") + ".fifo")
    send = {"QueueUrl": url, "MessageGroupId": "g"}
    first = sqs.send_message(MessageBody="1", MessageDeduplicationId="a", **send)
    again = sqs.send_message(MessageBody="1", MessageDeduplicationId="a", **send)
    assert first["MessageId"] == again["MessageId"] and first["SequenceNumber"] == again["SequenceNumber"]
    sqs.send_message(MessageBody="2", MessageDeduplicationId="b", **send)
    messages = receive(url)
    assert [message["Body"] for message in messages] == ["1", "2"], messages
    assert messages[0]["Attributes"]["MessageGroupId"] == "g"
    assert messages[0]["Attributes"]["MessageDeduplicationId"] == "a"
    words = "The request must contain the parameter MessageGroupId."
    refused(sqs.send_message, "MissingParameter", 400, words, QueueUrl=url, MessageBody="x", MessageDeduplicationId="c")


def check_dead_letters():
    dead = new_queue()
    policy = json.dumps({"deadLetterTargetArn": arn_of(dead), "maxReceiveCount": "1"})
    url = new_queue({"VisibilityTimeout": "0", "RedrivePolicy": policy})
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    assert len(receive(url)) == 1
    assert receive(url) == []
    (message,) = receive(dead, WaitTimeSeconds=5)
    assert message["Body"] == "poison", message


def check_tags_permissions_and_purge():
    url = sqs.create_queue(QueueName=unique("boto3"), tags={"made": "here", "stage": "none"})["QueueUrl"]
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"made": "here", "stage": "none"}
    sqs.untag_queue(QueueUrl=url, TagKeys=["made"])
    sqs.tag_queue(QueueUrl=url, Tags={"team": "shop", "stage": "test"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["stage"])
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "shop"}
    sqs.add_permission(QueueUrl=url, Label="a", AWSAccountIds=["111122223333"], Actions=["SendMessage"])
    sqs.remove_permission(QueueUrl=url, Label="a")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.purge_queue(QueueUrl=url)
    assert receive(url) == []


def check_errors():
    url = new_queue()
    gone = "AWS.SimpleQueueService.NonExistentQueue"
    words = "The specified queue does not exist for this wsdl version."
    error = refused(sqs.get_queue_url, gone, 400, words, QueueName=unique("gone"))
    assert isinstance(error, sqs.exceptions.QueueDoesNotExist), type(error)
    refused(sqs.send_message, gone, 400, words, QueueUrl=url + "-gone", MessageBody="x")
    error = refused(sqs.delete_message, "ReceiptHandleIsInvalid", 400, QueueUrl=url, ReceiptHandle="made-up")
    assert isinstance(error, sqs.exceptions.ReceiptHandleIsInvalid), type(error)
    refused(sqs.send_message_batch, "AWS.SimpleQueueService.EmptyBatchRequest", 400, QueueUrl=url, Entries=[])
    words = "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."
    refused(sqs.receive_message, "InvalidParameterValue", 400, words, QueueUrl=url, WaitTimeSeconds=21)
    words = "Unknown Attribute Colour."
    refused(sqs.set_queue_attributes, "InvalidAttributeName", 400, words, QueueUrl=url, Attributes={"Colour": "red"})
    stranger = boto3.client("sqs", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="x", **settings)
    refused(stranger.list_queues, "InvalidClientTokenId", 403)
    mistaken = boto3.client("sqs", aws_access_key_id="root", aws_secret_access_key="x", **settings)
    refused(mistaken.list_queues, "SignatureDoesNotMatch", 403)


def check_the_resource_interface():
    queue = resource.create_queue(QueueName=unique("boto3"))
    queue.send_messages(Entries=[{"Id": "a", "MessageBody": "1"}, {"Id": "b", "MessageBody": "2"}])
    messages = queue.receive_messages(MaxNumberOfMessages=10)
    assert sorted(message.body for message in messages) == ["1", "2"]
    for message in messages:
        message.delete()
    queue.load()
    assert queue.attributes["ApproximateNumberOfMessagesNotVisible"] == "0", queue.attributes
    assert [found.url for found in resource.queues.filter(QueueNamePrefix=queue.url.split("/")[-1])] == [queue.url]


def check_topics():
    url = new_queue()
    topic = sns.create_topic(Name=unique("boto3"))["TopicArn"]
    pages = sns.get_paginator("list_topics").paginate()
    assert topic in [found["TopicArn"] for page in pages for found in page["Topics"]]
    attributes = {"FilterPolicy": json.dumps({"kind": ["paid"]}), "RawMessageDelivery": "true"}
    wish = {"Protocol": "sqs", "Endpoint": arn_of(url), "Attributes": attributes, "ReturnSubscriptionArn": True}
    subscription = sns.subscribe(TopicArn=topic, **wish)["SubscriptionArn"]
    told = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert told["RawMessageDelivery"] == "true" and told["Endpoint"] == arn_of(url), told
    kinds = [{"kind": {"DataType": "String", "StringValue": kind}} for kind in ("refused", "paid")]
    for kind in kinds:
        sns.publish(TopicArn=topic, Message="order", Subject="News", MessageAttributes=kind)
    (message,) = receive(url, WaitTimeSeconds=5)
    assert message["Body"] == "order" and message["MessageAttributes"] == kinds[1], message
    wrapped = {"AttributeName": "RawMessageDelivery", "AttributeValue": "false"}
    sns.set_subscription_attributes(SubscriptionArn=subscription, **wrapped)
    entries = [{"Id": "a", "Message": "wrapped", "MessageAttributes": kinds[1]}]
    assert len(sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)["Successful"]) == 1
    (message,) = receive(url, WaitTimeSeconds=5)
    envelope = json.loads(message["Body"])
    assert envelope["Message"] == "wrapped" and envelope["TopicArn"] == topic, envelope
    sns.unsubscribe(SubscriptionArn=subscription)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    sns.delete_topic(TopicArn=topic)
    error = refused(sns.publish, "NotFound", 404, "Topic does not exist", TopicArn=topic, Message="x")
    assert isinstance(error, sns.exceptions.NotFoundException), type(error)
