def handler(event, context):
    left = context.get_remaining_time_in_millis()
    return {
        "aws_request_id": context.aws_request_id,
        "log_group_name": context.log_group_name,
        "log_stream_name": context.log_stream_name,
        "function_name": context.function_name,
        "memory_limit_in_mb": context.memory_limit_in_mb,
        "function_version": context.function_version,
        "invoked_function_arn": context.invoked_function_arn,
        "client_context": context.client_context,
        "identity": repr(context.identity),
        "tenant_id": context.tenant_id,
        "left_is_below_the_timeout": isinstance(left, int) and 0 < left <= 10_000,
        "text": repr(context),
    }
