using MongoDB.Bson;
using Parley.Ports;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>A tenant with its keys and tokens in one row, so that every change of them is atomic by itself.</summary>
internal static class TenantDocument
{
    public static BsonDocument Of(Tenant tenant, params IEnumerable<Credential> credentials) => new()
    {
        { Field.Id, tenant.TenantId },
        { Field.Name, tenant.Name },
        { Field.Created, Values.Ticks(tenant.CreatedAt) },
        { Field.Credentials, new BsonArray(credentials.Select(Of)) },
    };

    public static BsonDocument Of(Credential credential)
    {
        var document = new BsonDocument
        {
            { Field.MessageId, credential.CredentialId },
            { Field.Kind, (int)credential.Kind },
            { Field.Sha256, Values.Of(credential.Sha256) },
            { Field.Hint, credential.Hint },
            { Field.Created, Values.Ticks(credential.CreatedAt) },
            { Field.Scopes, (int)credential.Scopes },
        };
        if (credential.SessionId is { } session)
        {
            document.Add(Field.Session, session);
        }

        if (credential.HeaderSha256 is { } header)
        {
            document.Add(Field.Header, Values.Of(header));
        }

        return document;
    }

    public static Tenant Read(BsonDocument row) => new(row.Text(Field.Id), row.Text(Field.Name), row.Time(Field.Created));

    public static IEnumerable<Credential> ReadCredentials(BsonDocument row) => row[Field.Credentials].AsBsonArray
        .Select(static value => value.AsBsonDocument)
        .Select(value => new Credential(
            value.Text(Field.MessageId),
            row.Text(Field.Id),
            (CredentialKind)value[Field.Kind].AsInt32,
            value[Field.Sha256].AsByteArray,
            value.Text(Field.Hint),
            value.Time(Field.Created))
        {
            SessionId = value.MaybeText(Field.Session),
            HeaderSha256 = value.TryGetValue(Field.Header, out var header) ? header.AsByteArray : null,

            // What was kept before there were scopes has all of them.
            Scopes = value.TryGetValue(Field.Scopes, out var scopes) ? (KeyScopes)scopes.AsInt32 : KeyScopes.All,
        })
        .OrderBy(static credential => credential.Kind)
        .ThenBy(static credential => credential.CredentialId, StringComparer.Ordinal);
}
