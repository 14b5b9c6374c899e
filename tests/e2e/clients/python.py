"""Does what it reads from its input with a client from PyPI, whose name is its argument, and prints what came of it as a line of JSON."""

import json
import sys


def read(event):
    """Returns the fields of an event as either client has them: `None` for what is not there."""
    fields = {name: getattr(event, name) for name in ("host", "service", "state", "description", "ttl") if event.HasField(name)}
    metrics = [getattr(event, name) for name in ("metric_sint64", "metric_d", "metric_f") if event.HasField(name)]
    attributes = {attribute.key: attribute.value for attribute in event.attributes}
    return {**fields, "metric": metrics[0] if metrics else None, "tags": list(event.tags), "attributes": attributes}


def riemann_client(order):
    from riemann_client.client import Client
    from riemann_client.transport import RiemannError, TCPTransport, TLSTransport, UDPTransport

    address = order["host"], order["port"]
    if order["transport"] == "tls":
        transport = TLSTransport(*address, 30, order["ca"], order["key"], order["certificate"])
    else:
        transport = UDPTransport(*address) if order["transport"] == "udp" else TCPTransport(*address, 30)
    try:
        with Client(transport) as client:
            if "send" in order:
                event = order["send"]
                client.event(**{("metric_f" if name == "metric" else name): value for name, value in event.items()})
                return {}
            from riemann_client.riemann_pb2 import Msg

            message = Msg()
            message.query.string = order["ask"]
            return {"events": [read(event) for event in transport.send(message).events]}
    except RiemannError as error:
        return {"error": str(error)}


def bernhard(order):
    from bernhard import Client, Message, UDPTransport, TCPTransport

    transport = UDPTransport if order["transport"] == "udp" else TCPTransport
    client = Client(order["host"], order["port"], transport)
    if "send" in order:
        sent = client.send(order["send"])
        # There is no answer over UDP, so it does not know.
        return {} if sent or transport is UDPTransport else {"error": "not acknowledged"}
    # Its `query` hides that an answer is a refusal.
    answer = client.transmit(Message(query=order["ask"]))
    return {"events": [read(event.event) for event in answer.events]} if answer.ok else {"error": answer.error}


print(json.dumps({"riemann-client": riemann_client, "bernhard": bernhard}[sys.argv[1]](json.load(sys.stdin))))
