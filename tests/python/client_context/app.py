def handler(event, context):
    client = context.client_context
    return [client.custom, client.env, client.client.app_title, client.client.installation_id]
