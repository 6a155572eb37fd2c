namespace Parley.GatewaySimulator.Webhooks;

/// <summary>What goes wrong with the next webhooks of an event.</summary>
/// <param name="Event">As in a body, <c>messages.upsert</c>; <c>*</c> = any.</param>
public abstract record WebhookFault(string Event)
{
    /// <summary>How many webhooks it still meets.</summary>
    public int Times { get; init; } = 1;

    internal bool Meets(string eventName) => Event == "*" || Event == eventName;
}

/// <summary>Never posted. What it tells stays readable in the gateway's own lists.</summary>
public sealed record LoseWebhook(string Event) : WebhookFault(Event);

/// <summary>Posted more than once.</summary>
/// <param name="Copies">Besides the first.</param>
public sealed record DuplicateWebhook(string Event, int Copies = 1) : WebhookFault(Event);

/// <summary>Posted later than it should.</summary>
public sealed record DelayWebhook(string Event, TimeSpan By) : WebhookFault(Event);

/// <summary>Kept back until <see cref="WebhookPoster.Release"/>.</summary>
public sealed record HoldWebhook(string Event) : WebhookFault(Event);

/// <summary>Kept back until as many are there, then posted one after the other, the last first.</summary>
public sealed record ReverseWebhooks(string Event) : WebhookFault(Event)
{
    internal List<Func<Task>> Kept { get; } = [];
}
