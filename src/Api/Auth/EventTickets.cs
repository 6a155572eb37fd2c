using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Parley.Api.Http;

namespace Parley.Api.Auth;

/// <summary>Makes and reads tickets: they open a tenant's event stream where only an address can be given, as browsers' EventSource does.</summary>
/// <remarks>Protected by the installation's keys, so that any node can read them and nothing is kept. An address is written down in many
/// places (histories, logs of proxies): hence the short life, and a single use they are good for.</remarks>
internal sealed class EventTickets(IDataProtectionProvider protection, IOptions<ApiOptions> options, TimeProvider time)
{
    public static readonly QueryParameter<string> Parameter =
        QueryParameter.Text("ticket", "A ticket in the place of a key, for clients that cannot set headers.", 2048);

    private readonly IDataProtector _protector = protection.CreateProtector("parley.event-ticket.v1");

    /// <param name="key">SHA-256 of the key that asked for it, in hexadecimal; null = something else than a key did.</param>
    /// <param name="endsAt">When what asked for it ends: the ticket does not outlive that, and neither does a stream that it opened. Null = it
    /// has no end of its own.</param>
    public (string Ticket, DateTimeOffset ExpiresAt) New(string tenantId, string? key, DateTimeOffset? endsAt)
    {
        var expiresAt = time.GetUtcNow() + options.Value.Events.TicketLife;
        expiresAt = endsAt < expiresAt ? endsAt.Value : expiresAt;
        var bytes = _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(new EventTicket(tenantId, key, expiresAt, endsAt), Json.Options));
        return (Base64Url.EncodeToString(bytes), expiresAt);
    }

    /// <returns>Null when it is none of this installation, or too old.</returns>
    public EventTicket? Read(string text)
    {
        if (!Base64Url.IsValid(text))
        {
            return null;
        }

        try
        {
            var ticket = JsonSerializer.Deserialize<EventTicket>(_protector.Unprotect(Base64Url.DecodeFromChars(text)), Json.Options);
            return ticket?.ExpiresAt > time.GetUtcNow() ? ticket : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

/// <param name="Key">SHA-256 of the key that asked for it: when the key is revoked, the ticket is, too.</param>
/// <param name="ExpiresAt">Until when it opens streams.</param>
/// <param name="EndsAt">When the streams that it opened end; null = when the key is revoked.</param>
internal sealed record EventTicket(string TenantId, string? Key, DateTimeOffset ExpiresAt, DateTimeOffset? EndsAt = null);

/// <summary>A route that takes tickets.</summary>
internal sealed record TakesTicketMetadata;
