using System.Security.Cryptography;
using System.Text;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Tenants and their credentials.</summary>
public abstract class TenantContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task A_tenant_is_created_once_with_its_credentials()
    {
        Assert.True(await Create("acme"));
        Assert.False(await Store.Tenants.Create(
            new Tenant("acme", "Other", Now), Key("acme", "x1"), WebhookToken("acme", "x2"), Token));

        var details = await Store.Tenants.ReadTenant("acme", Token);
        Assert.Equal(new Tenant("acme", "Name of acme", Now), details!.Tenant);
        Assert.Equal(2, details.Credentials.Count);
        var found = await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("acme-key"), Token);
        Assert.Equal(("acme", "acme-key", "-key", Now), (found!.TenantId, found.CredentialId, found.Hint, found.CreatedAt));
        Assert.Equal(Hash("acme-key"), found.Sha256);
        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("x1"), Token));
        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.WebhookToken, Hash("acme-key"), Token));
    }

    [Fact]
    public async Task Of_many_who_create_one_tenant_one_succeeds()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Store.Tenants.Create(
            new Tenant("acme", $"{i}", Now), Key("acme", $"k{i}"), WebhookToken("acme", $"t{i}"), Token)));
        Assert.Single(results, created => created);
    }

    [Fact]
    public async Task A_deleted_tenant_is_gone_and_its_id_is_not_given_again()
    {
        await Create("acme");
        Assert.True(await Store.Tenants.DeleteTenant("acme", Now, Token));
        Assert.False(await Store.Tenants.DeleteTenant("acme", Now, Token));
        Assert.False(await Store.Tenants.DeleteTenant("none", Now, Token));

        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("acme-key"), Token));
        Assert.Null(await Store.Tenants.ReadTenant("acme", Token));
        Assert.Empty((await Store.Tenants.ListTenants(new PageRequest(5), Token)).Rows);
        Assert.False(await Create("acme"));
        Assert.False(await Store.Tenants.AddCredential(Key("acme", "more"), 5, Token));
    }

    [Fact]
    public async Task Credentials_are_added_up_to_a_number_and_taken_away()
    {
        await Create("acme");
        Assert.True(await Store.Tenants.AddCredential(Key("acme", "k2"), 2, Token));
        Assert.False(await Store.Tenants.AddCredential(Key("acme", "k3"), 2, Token));
        Assert.True(await Store.Tenants.AddCredential(WebhookToken("acme", "t2"), 2, Token));
        Assert.False(await Store.Tenants.AddCredential(Key("none", "k"), 2, Token));

        Assert.True(await Store.Tenants.DeleteCredential("acme", CredentialKind.ApiKey, "acme-key", Token));
        Assert.False(await Store.Tenants.DeleteCredential("acme", CredentialKind.ApiKey, "acme-key", Token));
        Assert.False(await Store.Tenants.DeleteCredential("globex", CredentialKind.ApiKey, "k2", Token));
        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("acme-key"), Token));
        Assert.NotNull(await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("k2"), Token));
        Assert.True(await Store.Tenants.AddCredential(Key("acme", "k3"), 2, Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Tenants_are_listed_in_the_order_of_their_ids(int limit)
    {
        foreach (var id in new[] { "b", "a", "d", "c", "e" })
        {
            await Create(id);
        }

        await Store.Tenants.DeleteTenant("d", Now, Token);
        Task<Page<Tenant>> List(PageRequest page) => Store.Tenants.ListTenants(page, Token);
        Assert.Equal(["a", "b", "c", "e"], (await Pages.Forwards(List, limit)).Select(tenant => tenant.TenantId));
        Assert.Equal(["a", "b", "c", "e"], (await Pages.Backwards(List, limit)).Select(tenant => tenant.TenantId));
    }

    private Task<bool> Create(string id) => Store.Tenants.Create(
        new Tenant(id, $"Name of {id}", Now), Key(id, $"{id}-key"), WebhookToken(id, $"{id}-token"), Token);

    private Credential Key(string tenantId, string secret) => NewCredential(tenantId, secret, CredentialKind.ApiKey);

    private Credential WebhookToken(string tenantId, string secret) => NewCredential(tenantId, secret, CredentialKind.WebhookToken);

    private Credential NewCredential(string tenantId, string secret, CredentialKind kind) =>
        new(secret, tenantId, kind, Hash(secret), secret.Length > 4 ? secret[^4..] : secret, Now);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
