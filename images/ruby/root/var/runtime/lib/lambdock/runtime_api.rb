# frozen_string_literal: true

require 'json'
require 'net/http'

module Lambdock
  # The Runtime API over one connection, which stays open from call to call.
  class RuntimeApi
    PREFIX = '/2018-06-01/runtime'
    LONGEST_CAUSE = 1024 * 1024

    def initialize(address)
      host, port = address.split(':')
      # No proxy of the environment: the address is this sandbox's own.
      @http = Net::HTTP.new(host, port&.to_i || 80, nil)
      # An event may be a long time coming.
      @http.read_timeout = nil
      @http.keep_alive_timeout = 1_000_000
      # A call that fails half-way must not be made twice.
      @http.max_retries = 0
      @http.start
    end

    def next
      answer = @http.get("#{PREFIX}/invocation/next")
      return answer if answer.is_a?(Net::HTTPSuccess)

      raise "The Runtime API answered #{answer.code} when asked for the next invocation"
    end

    def response(request_id, body, type)
      post("#{PREFIX}/invocation/#{request_id}/response", body, 'Content-Type' => type)
    end

    def error(request_id, failure)
      cause = failure.cause
      headers = { 'Lambda-Runtime-Function-Error-Type' => failure.header }
      headers['Lambda-Runtime-Function-XRay-Error-Cause'] = cause if cause.bytesize < LONGEST_CAUSE
      post("#{PREFIX}/invocation/#{request_id}/error", failure.body.to_json, headers)
    end

    def init_error(failure)
      headers = { 'Lambda-Runtime-Function-Error-Type' => failure.header }
      post("#{PREFIX}/init/error", failure.body.to_json, headers)
    end

    private

    def post(path, body, headers)
      @http.post(path, body, { 'Content-Type' => 'application/json' }.merge(headers))
    end
  end
end
