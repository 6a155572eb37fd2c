namespace Parley.GatewaySimulator;

/// <summary>The names of subscriptions, in the order in which the gateway lists them.</summary>
internal static class EventNames
{
    public static IReadOnlyList<string> V1 { get; } =
    [
        "APPLICATION_STARTUP", "QRCODE_UPDATED", "MESSAGES_SET", "MESSAGES_UPSERT", "MESSAGES_UPDATE", "MESSAGES_DELETE", "SEND_MESSAGE",
        "CONTACTS_SET", "CONTACTS_UPSERT", "CONTACTS_UPDATE", "PRESENCE_UPDATE", "CHATS_SET", "CHATS_UPSERT", "CHATS_UPDATE",
        "CHATS_DELETE", "GROUPS_UPSERT", "GROUP_UPDATE", "GROUP_PARTICIPANTS_UPDATE", "CONNECTION_UPDATE", "LABELS_EDIT",
        "LABELS_ASSOCIATION", "CALL", "NEW_JWT_TOKEN", "TYPEBOT_START", "TYPEBOT_CHANGE_STATUS", "CHAMA_AI_ACTION",
    ];

    public static IReadOnlyList<string> V2 { get; } =
    [
        "APPLICATION_STARTUP", "QRCODE_UPDATED", "MESSAGES_SET", "MESSAGES_UPSERT", "MESSAGES_EDITED", "MESSAGES_UPDATE",
        "MESSAGES_DELETE", "SEND_MESSAGE", "SEND_MESSAGE_UPDATE", "CONTACTS_SET", "CONTACTS_UPSERT", "CONTACTS_UPDATE",
        "PRESENCE_UPDATE", "CHATS_SET", "CHATS_UPSERT", "CHATS_UPDATE", "CHATS_DELETE", "GROUPS_UPSERT", "GROUP_UPDATE",
        "GROUP_PARTICIPANTS_UPDATE", "CONNECTION_UPDATE", "LABELS_EDIT", "LABELS_ASSOCIATION", "CALL", "TYPEBOT_START",
        "TYPEBOT_CHANGE_STATUS", "REMOVE_INSTANCE", "LOGOUT_INSTANCE", "INSTANCE_CREATE", "INSTANCE_DELETE", "STATUS_INSTANCE",
    ];

    /// <summary>No switch of the environment exists for these: they reach instance webhooks only.</summary>
    public static IReadOnlyList<string> NotGlobal { get; } = ["REMOVE_INSTANCE", "LOGOUT_INSTANCE", "STATUS_INSTANCE"];

    /// <param name="eventName">As in a body: <c>messages.upsert</c>.</param>
    public static string Subscription(string eventName) =>
        eventName.Replace('.', '_').Replace('-', '_').ToUpperInvariant();

    /// <summary>As it is appended to a URL: <c>messages-upsert</c>.</summary>
    public static string PathPart(string eventName) => eventName.Replace('.', '-');
}
