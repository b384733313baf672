# frozen_string_literal: true

# The client of the Runtime API for Ruby: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
# It is lambdock's own, since AWS's is in a registry of gems alone. It behaves as AWS's does towards functions.
require 'json'
require_relative 'lib/lambdock/handler'
require_relative 'lib/lambdock/logging'
require_relative 'lib/lambdock/runtime_api'

$stdout.sync = true
Lambdock::Logging.start

module Lambdock
  # Exit codes of AWS's client.
  INIT_FAILED = -4
  HANDLER_BROKEN = -1

  class << self
    def run(api)
      handler = load_handler(api)
      loop do
        event = api.next
        ENV['_X_AMZN_TRACE_ID'] = event['Lambda-Runtime-Trace-Id'] if event['Lambda-Runtime-Trace-Id']
        serve(api, handler, event)
      end
    end

    private

    def load_handler(api)
      handler = Handler.new(ENV.fetch('_HANDLER'))
      handler.load
      handler
    rescue Exception => e
      failure = Failure.new('Init', e)
      Logging.failure("Init error when loading handler #{ENV['_HANDLER']}", failure)
      api.init_error(failure)
      exit(INIT_FAILED)
    end

    def serve(api, handler, event)
      context = Context.new(event)
      Logging.request_id = context.aws_request_id
      begin
        answer, type = handler.call(event.body, event['Content-Type'], context)
      rescue Exception => e
        # Of these AWS's client ends the process: what the function is made of is broken, or it asked to end.
        fatal = !e.is_a?(StandardError) || e.is_a?(NameError)
        failure = Failure.new('Function', e)
        Logging.failure(fatal ? 'Critical exception from handler' : 'Error raised from handler method', failure)
        api.error(context.aws_request_id, failure)
        exit(HANDLER_BROKEN) if fatal
        return
      end
      api.response(context.aws_request_id, answer, type)
    end
  end
end

Lambdock.run(Lambdock::RuntimeApi.new(ENV.fetch('AWS_LAMBDA_RUNTIME_API')))
