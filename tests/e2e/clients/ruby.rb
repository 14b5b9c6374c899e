# Does what it reads from its input with the Ruby client, and prints what came of it as a line of JSON.

require 'json'
require 'openssl'
require 'riemann/client'

# It knows no TLS and takes any socket.
def tls(order)
  context = OpenSSL::SSL::SSLContext.new
  context.ca_file = order['ca']
  context.cert = OpenSSL::X509::Certificate.new(File.read(order['certificate']))
  context.key = OpenSSL::PKey.read(File.read(order['key']))
  context.verify_mode = OpenSSL::SSL::VERIFY_PEER
  socket = OpenSSL::SSL::SSLSocket.new(TCPSocket.new(order['host'], order['port']), context)
  socket.sync_close = true
  socket.hostname = order['host'] unless order['host'] =~ /\A[0-9.]+\z/
  socket.connect
  socket.post_connection_check(order['host'])
  socket
end

def read(event)
  attributes = (event.attributes || []).map { |attribute| [attribute.key, attribute.value] }.to_h
  fields = %i[host service state description tags ttl metric time].map { |field| [field, event.send(field)] }
  fields.to_h.merge(attributes: attributes)
end

order = JSON.parse($stdin.read)
Riemann::Client::TCP.socket_factory = proc { |_| tls(order) } if order['transport'] == 'tls'
client = Riemann::Client.new(host: order['host'], port: order['port'], timeout: 30)
begin
  if (event = order['send'])
    attributes = event.delete('attributes') || {}
    fields = event.merge(attributes).transform_keys(&:to_sym)
    (order['transport'] == 'udp' ? client.udp : client.tcp) << fields
    puts '{}'
  else
    puts({ events: client.tcp[order['ask']].map { |event| read(event) } }.to_json)
  end
rescue Riemann::Client::Error => error
  puts({ error: error.message }.to_json)
end
