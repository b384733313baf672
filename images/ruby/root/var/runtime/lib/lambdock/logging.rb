# frozen_string_literal: true

require 'json'
require 'logger'

module Lambdock
  # Log entries go through a pipe of their own, each in a frame, so that one of several lines stays one entry.
  module Logging
    # A text with a time.
    FRAME = 0xa55a0003

    class << self
      attr_accessor :request_id
      attr_reader :sink

      # Takes the pipe that the environment names. Without one, entries go to standard output.
      def start
        descriptor = ENV.delete('_LAMBDA_TELEMETRY_LOG_FD')
        @is_json = ENV['AWS_LAMBDA_LOG_FORMAT'] == 'JSON'
        return if descriptor.nil? || !File.exist?("/proc/self/fd/#{descriptor}")

        @sink = Sink.new(IO.for_fd(descriptor.to_i, 'wb', autoclose: false))
        Kernel.module_eval do
          def puts(*texts)
            Lambdock::Logging.sink.write(texts.flatten.map(&:to_s).join("\n"))
          end
        end
        Logger.prepend(ToSink)
      end

      def failure(sentence, failure)
        puts(sentence)
        puts(JSON.pretty_generate(failure.body))
      end

      def formatter
        @is_json ? JsonFormatter.new : TextFormatter.new
      end

      def level
        ENV.fetch('AWS_LAMBDA_LOG_LEVEL', 'debug')
      end
    end

    # A device for Logger.
    class Sink
      def initialize(file)
        @file = file
        @file.sync = true
      end

      def write(text)
        bytes = text.to_s.b
        time = Process.clock_gettime(Process::CLOCK_REALTIME, :microsecond)
        @file.write([FRAME, bytes.bytesize, time].pack('L>L>Q>') << bytes)
      end

      def close; end

      def reopen(*); end
    end

    # Loggers to standard output or standard error write frames instead.
    module ToSink
      def initialize(device = nil, *rest, **options)
        return super unless device.nil? || device == $stdout || device == $stderr

        super(Logging.sink, *rest, **{ level: Logging.level, formatter: Logging.formatter }.merge(options.compact))
      end
    end

    # As Logger writes entries, with the request in front of the program's name.
    class TextFormatter < Logger::Formatter
      def call(severity, time, program, message)
        format(
          "%<initial>s, [%<time>s #%<process>d] %<severity>5s %<request>s -- %<program>s: %<message>s\n",
          initial: severity[0], time: format_datetime(time), process: Process.pid, severity: severity,
          request: Logging.request_id, program: program, message: msg2str(message)
        )
      end
    end

    # An object per entry: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
    class JsonFormatter < Logger::Formatter
      def call(severity, time, program, message)
        entry = {
          timestamp: time.utc.strftime('%Y-%m-%dT%H:%M:%S.%6NZ'), level: severity,
          message: message.is_a?(Exception) ? message.message : msg2str(message),
          requestId: Logging.request_id, logger: program&.to_s
        }
        if message.is_a?(Exception)
          entry.update(
            errorType: message.class.to_s, errorMessage: message.message, stackTrace: Array(message.backtrace)
          )
        end
        "#{JSON.generate(entry.compact)}\n"
      end
    end
  end
end
