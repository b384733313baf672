# frozen_string_literal: true

require 'json'
require 'stringio'

# What functions get beside the event. Its class has this name with AWS's client too.
class LambdaContext
  attr_reader :aws_request_id, :invoked_function_arn, :log_group_name, :log_stream_name, :function_name,
              :memory_limit_in_mb, :function_version, :identity, :client_context, :deadline_ms

  def initialize(event)
    @aws_request_id = event['Lambda-Runtime-Aws-Request-Id']
    @deadline_ms = event['Lambda-Runtime-Deadline-Ms'].to_i
    @invoked_function_arn = event['Lambda-Runtime-Invoked-Function-Arn']
    @identity = parsed(event['Lambda-Runtime-Cognito-Identity'])
    @client_context = parsed(event['Lambda-Runtime-Client-Context'])
    @log_group_name = ENV['AWS_LAMBDA_LOG_GROUP_NAME']
    @log_stream_name = ENV['AWS_LAMBDA_LOG_STREAM_NAME']
    @function_name = ENV['AWS_LAMBDA_FUNCTION_NAME']
    @function_version = ENV['AWS_LAMBDA_FUNCTION_VERSION']
    @memory_limit_in_mb = ENV['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
  end

  def get_remaining_time_in_millis
    [@deadline_ms - Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond), 0].max
  end

  private

  def parsed(header)
    header && JSON.parse(header)
  end
end

module Lambdock
  Context = LambdaContext

  # The method that the function's setting `Handler` names: `file.method` or `file.Module::Class.method`.
  class Handler
    def initialize(name)
      @file, *within, @method = name.split('.')
      @owner = within.first
      return if @method && within.size <= 1

      raise ArgumentError,
            "Invalid handler #{name}, must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where FILENAME " \
            'corresponds with an existing Ruby source file FILENAME.rb, CLASS is an optional module/class namespace ' \
            'and METHOD is a callable method. If using CLASS, METHOD must be a class-level method.'
    end

    def load
      root = Dir.pwd
      $LOAD_PATH.unshift(root) unless $LOAD_PATH.include?(root)
      require @file
    end

    # The response and its content type.
    def call(body, content_type, context)
      event = content_type == 'application/json' ? JSON.parse(body) : body
      # Methods outside of any class are those of every object, private ones.
      receiver = @owner ? Kernel.const_get(@owner) : Object.new
      answer = receiver.__send__(@method, event: event, context: context)
      case answer
      when StringIO, IO then [answer.read, 'application/unknown']
      else [answer.to_json, 'application/json']
      end
    end
  end

  # An exception, as the Runtime API and the log get it.
  class Failure
    # Others are reported to the service without their name.
    NAMED = %w[
      ArgumentError NoMethodError Exception StandardError NameError LoadError SystemExit SystemStackError
    ].freeze
    FRAMES = 100

    attr_reader :type, :message, :frames

    def initialize(phase, error)
      @type = "#{phase}<#{error.class}>"
      @message = error.message
      @is_named = NAMED.include?(error.class.to_s)
      # Frames of the client are not the function's.
      @frames = (error.backtrace_locations || []).first(FRAMES).take_while { |frame| !frame.path.start_with?(__dir__) }
    end

    def header
      @is_named ? @type : 'Function<UserException>'
    end

    def body
      { errorMessage: @message, errorType: @type, stackTrace: @frames.map(&:to_s) }
    end

    # What X-Ray is informed of: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
    def cause
      stack = @frames.first(15).map { |frame| { path: frame.path, line: frame.lineno, label: frame.label } }
      JSON.dump(
        working_directory: Dir.pwd, paths: Gem.paths.path, exceptions: [{ message: @message, type: @type, stack: stack }]
      )
    end
  end
end
