using Parley.Domain.Addresses;
using Parley.Ports;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>What many new contacts need of the store at the same time goes together, and each is answered for itself.</summary>
public sealed class NewContactTests : ProxiedStoreTests
{
    private const string Tenant = "acme";
    private const string OtherTenant = "globex";
    private const int Contacts = 100;

    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private IAddressBook Addresses => Get<IAddressBook>();

    private IDirectory Names => Get<IDirectory>();

    [Fact]
    public async Task Numbers_of_hidden_ids_are_made_durable_by_few_transactions()
    {
        var transactions = await Together("commitTransaction", i => Addresses.Learn(TenantOf(i), [new LidPair(Lid(i), Phone(i))], Noon, Token));

        // Each looks at what is durable first: they do not all come to the transaction while the first one is held up.
        Assert.InRange(transactions, 2, Contacts / 10);
        for (var i = 0; i < Contacts; i++)
        {
            var phones = await Addresses.FindPhones(TenantOf(i), [Lid(i), Lid(i + 1)], Token);
            Assert.Equal([KeyValuePair.Create(Lid(i), Phone(i))], phones);
        }
    }

    [Fact]
    public async Task Names_are_written_by_one_request()
    {
        var requests = await Together(
            "insert", i => Names.Put(TenantOf(i), [new DirectoryEntry(Phone(i), $"Person {i}", null, Noon)], Token));

        Assert.Equal(2, requests);
        for (var i = 0; i < Contacts; i++)
        {
            var names = await Names.Find(TenantOf(i), [Phone(i), Phone(i + 1)], Token);
            Assert.Equal($"Person {i}", Assert.Single(names).Value.Name);
        }
    }

    [Fact]
    public async Task Conversations_are_looked_for_by_one_query()
    {
        var queries = await Together("find", async i =>
            Assert.Empty(await Addresses.FindConversations(TenantOf(i), [AddressPair.Of(Phone(0), Lid(i))], Token)));

        Assert.Equal(2, queries);
    }

    [Fact]
    public async Task Whoever_waits_is_told_when_it_fails_and_the_next_is_written()
    {
        Proxy.OnNext("insert", ProxyAction.LoseCommand, 2);
        var failed = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Record.ExceptionAsync(() => Put(i)).AsTask()));
        Assert.All(failed, static exception => Assert.True(exception is null or StoreException, $"{exception}"));

        Proxy.Heal();
        for (var i = 0; i < 3; i++)
        {
            await Put(i);
        }

        Assert.Equal(3, (await Names.Find(Tenant, [Phone(0), Phone(1), Phone(2)], Token)).Count);

        Task Put(int i) => Names.Put(Tenant, [new DirectoryEntry(Phone(i), $"Person {i}", null, Noon)], Token);
    }

    private static string TenantOf(int i) => i % 2 == 0 ? Tenant : OtherTenant;

    private static Address Lid(int i) => Address.Parse($"{100_000_000_000_000 + i}@lid");

    private static Address Phone(int i) => Address.Parse($"{491_700_000_000 + i}");

    /// <summary>Asks once, and for the rest while the answer is awaited.</summary>
    /// <returns>How many commands of a name it took.</returns>
    private async Task<int> Together(string command, Func<int, Task> ask)
    {
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var commands = 0;
        Proxy.OnCommand = async name =>
        {
            if (name == command && Interlocked.Increment(ref commands) == 1)
            {
                reached.SetResult();
                await release.Task;
            }

            return ProxyAction.Forward;
        };
        var first = ask(0);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        var others = Enumerable.Range(1, Contacts - 1).Select(ask).ToList();
        release.SetResult();
        await Task.WhenAll([first, .. others]);
        Proxy.OnCommand = null;
        return commands;
    }
}
