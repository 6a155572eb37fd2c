using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.MongoDB;

/// <summary>Tenants and their credentials.</summary>
internal sealed class TenantStore(MongoDatabase database) : ITenantStore
{
    private readonly Collections _collections = database.Collections;

    public Task<bool> Create(Tenant tenant, Credential apiKey, Credential webhookToken, CancellationToken cancellationToken) =>
        database.Calls.Write(
            async token =>
            {
                try
                {
                    await _collections.Tenants.InsertOneAsync(TenantDocument.Of(tenant, apiKey, webhookToken), null, token);
                    return true;
                }
                catch (MongoException exception) when (Failures.IsDuplicate(exception))
                {
                    return false;
                }
            },
            cancellationToken);

    public Task<Page<Tenant>> ListTenants(PageRequest page, CancellationToken cancellationToken) => database.Calls.ReadSnapshot(
        (session, token) => Keyset.Read((from, backwards) => Scan(session, from, backwards, token), page, null), cancellationToken);

    public Task<TenantDetails?> ReadTenant(string tenantId, CancellationToken cancellationToken) => database.Calls.Read(
        async token =>
        {
            var row = await _collections.Tenants.Find(Living(tenantId)).FirstOrDefaultAsync(token);
            return row is null
                ? null
                : new TenantDetails(
                    TenantDocument.Read(row),
                    [.. TenantDocument.ReadCredentials(row).Where(static credential => credential.SessionId is null)]);
        },
        cancellationToken);

    public Task<bool> DeleteTenant(string tenantId, DateTimeOffset now, CancellationToken cancellationToken) => database.Calls.Transact(
        async (session, token) =>
        {
            var gone = new BsonDocument("$set", new BsonDocument { { Field.Deleted, Values.Ticks(now) }, { Field.Credentials, new BsonArray() } });
            if ((await _collections.Tenants.UpdateOneAsync(session, Living(tenantId), gone, cancellationToken: token)).MatchedCount == 0)
            {
                return false;
            }

            // One that is made at this moment would see a living tenant: one of the two has to run again.
            await WebhookEndpointStore.TakeTurn(_collections, session, tenantId, token);

            // Nothing goes out for it any more. What was delivered expires.
            await _collections.Endpoints.DeleteManyAsync(session, EndpointDocument.OfOwner(tenantId), null, token);
            return true;
        },
        cancellationToken);

    public Task<bool> AddCredential(Credential credential, int atMost, CancellationToken cancellationToken)
    {
        if (credential.SessionId is not null)
        {
            return PutOfSession(credential, cancellationToken);
        }

        var ofKind = new BsonDocument("$filter", new BsonDocument
        {
            { "input", "$" + Field.Credentials },
            { "as", "c" },
            {
                "cond",
                new BsonDocument("$and", new BsonArray
                {
                    new BsonDocument("$eq", new BsonArray { "$$c." + Field.Kind, (int)credential.Kind }),
                    new BsonDocument("$eq", new BsonArray { new BsonDocument("$type", "$$c." + Field.Session), "missing" }),
                })
            },
        });
        var tenant = Living(credential.TenantId);
        tenant.Add("$expr", new BsonDocument("$lt", new BsonArray { new BsonDocument("$size", ofKind), atMost }));
        return Change(
            tenant, new BsonDocument("$push", new BsonDocument(Field.Credentials, TenantDocument.Of(credential))), cancellationToken);
    }

    public Task<bool> DeleteCredential(
        string tenantId, CredentialKind kind, string credentialId, CancellationToken cancellationToken)
    {
        var credential = new BsonDocument { { Field.MessageId, credentialId }, { Field.Kind, (int)kind } };
        var tenant = Living(tenantId);
        tenant.Add(Field.Credentials, new BsonDocument("$elemMatch", credential));
        return Change(tenant, new BsonDocument("$pull", new BsonDocument(Field.Credentials, credential)), cancellationToken);
    }

    // A deleted tenant has no credentials any more, so that what is found belongs to a living one.
    public Task<Credential?> FindCredential(CredentialKind kind, byte[] sha256, CancellationToken cancellationToken) => database.Calls.Read(
        async token =>
        {
            // Of all that the tenant has, the one alone.
            var row = await _collections.Tenants
                .Find(
                    new BsonDocument(Field.Credentials + "." + Field.Sha256, Values.Of(sha256)), new FindOptions { Hint = Indexes.TenantSecret })
                .Project(new BsonDocument(Field.Credentials + ".$", 1))
                .FirstOrDefaultAsync(token);
            return row is null
                ? null
                : TenantDocument.ReadCredentials(row).FirstOrDefault(
                    credential => credential.Kind == kind && credential.Sha256.AsSpan().SequenceEqual(sha256));
        },
        cancellationToken);

    /// <summary>Puts a session's token in the place of the one before; of any other it would take what is not the session's.</summary>
    private async Task<bool> PutOfSession(Credential credential, CancellationToken cancellationToken)
    {
        var row = TenantDocument.Of(credential);
        var sameId = new BsonDocument { { Field.MessageId, credential.CredentialId }, { Field.Kind, (int)credential.Kind } };
        var before = new BsonDocument(sameId) { { Field.Session, new BsonDocument("$exists", true) } };
        var withBefore = Living(credential.TenantId).Add(Field.Credentials, new BsonDocument("$elemMatch", before));
        var without = Living(credential.TenantId)
            .Add(Field.Credentials, new BsonDocument("$not", new BsonDocument("$elemMatch", sameId)));
        var replace = new BsonDocument("$set", new BsonDocument(Field.Credentials + ".$", row));
        return await Change(withBefore, replace, cancellationToken)
            || await Change(without, new BsonDocument("$push", new BsonDocument(Field.Credentials, row)), cancellationToken)

            // Somebody else has just put theirs.
            || await Change(withBefore, replace, cancellationToken);
    }

    public static BsonDocument Living(string tenantId) => new()
    {
        { Field.Id, tenantId }, { Field.Deleted, new BsonDocument("$exists", false) },
    };

    private Task<bool> Change(BsonDocument filter, BsonDocument update, CancellationToken cancellationToken) => database.Calls.Write(
        async token => (await _collections.Tenants.UpdateOneAsync(filter, update, cancellationToken: token)).MatchedCount == 1, cancellationToken);

    private async IAsyncEnumerable<(SortKey Key, Tenant? Row)> Scan(
        IClientSessionHandle session,
        SortKey? from,
        bool backwards,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = from is null ? [] : new BsonDocument(Field.Id, new BsonDocument(backwards ? "$lt" : "$gt", from.Tie));
        await foreach (var batch in Scans.Batches(
            _collections.Tenants, session, place, Scans.Sort(backwards, Field.Id), "_id_", null, cancellationToken))
        {
            foreach (var row in batch)
            {
                yield return (new SortKey(0, row.Text(Field.Id)), row.Contains(Field.Deleted) ? null : TenantDocument.Read(row));
            }
        }
    }
}
