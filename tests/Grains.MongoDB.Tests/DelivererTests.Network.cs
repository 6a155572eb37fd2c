using Microsoft.Extensions.DependencyInjection;
using Parley.Domain.Webhooks;
using Parley.Ports;
using Parley.Storage.MongoDB;
using Parley.TestServers;

namespace Parley.Grains.Tests;

/// <content>Deliverers between whom and the database the network fails.</content>
public sealed partial class DelivererTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task a_network_that_loses_commands_and_answers_loses_no_event_and_no_order(int seed)
    {
        await Create();
        await using var proxy = MongoProxy.Before(Cluster.OfStore<MongoOptions>().ConnectionString);
        await using var services = new ServiceCollection().AddMongoStorage(new MongoOptions { ConnectionString = proxy.Url }).BuildServiceProvider();
        await services.GetRequiredService<MongoDatabase>().Prepare(Stop);
        var random = new Random(seed);
        var (lost, gate) = (0, new Lock());
        proxy.OnCommand = command =>
        {
            lock (gate)
            {
                var action = command is "hello" or "isMaster" or "ping" or "endSessions" ? ProxyAction.Forward
                    : random.Next(4) switch { 0 => ProxyAction.LoseCommand, 1 => ProxyAction.LoseAnswer, _ => ProxyAction.Forward };
                lost += action == ProxyAction.Forward ? 0 : 1;
                return Task.FromResult(action);
            }
        };
        var endpoints = services.GetRequiredService<IWebhookEndpointStore>();
        var runner = Begin(endpoints: endpoints);
        var kept = 0;
        do
        {
            await Keep(4);
            kept += 4;
            await Poll(() => GotOn(() => _inbox.Ids.Distinct().Count() >= kept / 2));

            // Where all of it was kept, nothing more can be lost of it.
            await Poll(async () => await GotOn(() => Volatile.Read(ref lost) > 3) || (await Endpoint()).Place.Done[0] == await Last());
        }
        while (kept < 24 || Volatile.Read(ref lost) <= 3);

        // And one time it is not there at all.
        proxy.GoDown();
        await Keep(6);
        proxy.Heal();
        await Poll(() => GotOn(() => _inbox.Ids.Distinct().Count() >= kept + 6));
        await Poll(async () => await GotOn(static () => true) && (await Endpoint()).Place is { Waiting.IsEmpty: true } place && place.Done[0] == await Last());
        await runner.End();

        InOrder();
        var rows = (await Store.ListDeliveries(Tenant, _id, DeliveryStatus.Delivered, new PageRequest(200), Stop)).Rows;
        Assert.Equal(_inbox.Ids.Distinct().Order(), rows.Select(static r => r.EventId).Distinct().Order());

        // One that could not even begin is woken again by the clock.
        Task<bool> GotOn(Func<bool> condition)
        {
            if (runner.Ended.IsFaulted)
            {
                Assert.IsAssignableFrom<StoreException>(runner.Ended.Exception!.InnerException);
                runner = Begin(endpoints: endpoints);
            }

            return Task.FromResult(condition());
        }
    }
}
