using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Parley.Api.Http;

namespace Parley.Api.Auth;

/// <summary>Makes and reads tickets: they open a tenant's event stream where only an address can be given, as browsers' EventSource does.</summary>
/// <remarks>Protected by the installation's keys, so that any node can read them and nothing is kept. An address is written down in many
/// places (histories, logs of proxies): hence the short life, and a single use they are good for.</remarks>
internal sealed class EventTickets(IDataProtectionProvider protection, TimeProvider time)
{
    public static readonly QueryParameter<string> Parameter =
        QueryParameter.Text("ticket", "A ticket in the place of a key, for clients that cannot set headers.", 2048);

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private readonly IDataProtector _protector = protection.CreateProtector("parley.event-ticket.v1");

    /// <param name="key">SHA-256 of the key that asked for it, in hexadecimal; null = something else than a key did.</param>
    public (string Ticket, DateTimeOffset ExpiresAt) New(string tenantId, string? key)
    {
        var expiresAt = time.GetUtcNow() + Life;
        var bytes = _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(new EventTicket(tenantId, key, expiresAt), Json.Options));
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
internal sealed record EventTicket(string TenantId, string? Key, DateTimeOffset ExpiresAt);

/// <summary>A route that takes tickets.</summary>
internal sealed record TakesTicketMetadata;
