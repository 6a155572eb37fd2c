using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;

namespace Parley.Bench.Load;

/// <summary>What a hop to another silo costs: the same call, with a message as a webhook brings it, to a grain on this silo and from another.</summary>
internal static class Hop
{
    private const int Grains = 256;

    public static async Task Run(LoadOptions options)
    {
        var (one, other) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        using var here = await Start(one, null);
        using var there = await Start(other, new IPEndPoint(IPAddress.Loopback, one));
        var (near, far) = (References(here), References(there));

        // They live where they are called first.
        await Task.WhenAll(near.Select(static grain => grain.Echo(Request)));
        await Measure(far, options, options.Time / 3);
        var (local, remote) = (new List<double>(), new List<double>());
        for (var round = 1; round <= options.Rounds; round++)
        {
            local.Add(Show(round, "local", await Measure(near, options, options.Time)));
            remote.Add(Show(round, "remote", await Measure(far, options, options.Time)));
        }

        var (nearCost, farCost) = (Median.Of(local), Median.Of(remote));
        Console.WriteLine($"medians: local {nearCost:N1} µs CPU a call, remote {farCost:N1} (both sides): {farCost / nearCost:N1} times");
        await there.StopAsync();
        await here.StopAsync();
    }

    private static ApplyRequest Request { get; } = new(
        new ConversationOpening(
            ConversationKind.Direct,
            Address.Parse("5511900000000"),
            Party.Of(Address.Parse("5511980000001")),
            null,
            [AddressPair.Of(Address.Parse("5511900000000"), Address.Parse("5511980000001"))]),
        [
            new KeepItem(new IncomingMessage
            {
                ExternalId = "3EB0C767D26A1B0CC9",
                Direction = Direction.In,
                Origin = MessageOrigin.Live,
                Status = MessageStatus.Delivered,
                SessionId = "shop-1",
                From = Address.Parse("5511980000001"),
                To = Address.Parse("5511900000000"),
                AuthorName = "Maria da Silva",
                Content = new MessageContent
                {
                    Type = MessageType.Text,
                    Text = "A message of common length: shall we meet at eight, or is nine better for you?",
                },
                Timestamp = DateTimeOffset.UnixEpoch,
                ReceivedAt = DateTimeOffset.UnixEpoch,
            }),
        ]);

    private static async Task<IHost> Start(int port, IPEndPoint? primary)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(port, ServerProcess.FreePort(), primary, "hop", "hop"));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static IEchoGrain[] References(IHost silo)
    {
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        return [.. Enumerable.Range(0, Grains).Select(key => grains.GetGrain<IEchoGrain>(key))];
    }

    private static async Task<(double PerSecond, double Micros)> Measure(IEchoGrain[] grains, LoadOptions options, TimeSpan time)
    {
        var calls = 0L;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(index => Task.Run(async () =>
        {
            var made = 0;
            for (var grain = grains[index % grains.Length]; Stopwatch.GetElapsedTime(began) < time; made++)
            {
                await grain.Echo(Request);
            }

            Interlocked.Add(ref calls, made);
        })));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return (calls / seconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / calls);
    }

    private static double Show(int round, string name, (double PerSecond, double Micros) measured)
    {
        Console.WriteLine($"round {round}  {name,-7} {measured.PerSecond,9:N0} calls/s   {measured.Micros,6:N1} µs CPU a call");
        return measured.Micros;
    }
}

/// <summary>Gives the answer that a kept message gets, and does nothing.</summary>
[Alias("parley.bench.IEchoGrain")]
internal interface IEchoGrain : IGrainWithIntegerKey
{
    [Alias("Echo")]
    Task<ApplyReply> Echo(ApplyRequest request);
}

[Orleans.Placement.PreferLocalPlacement]
internal sealed class EchoGrain : Grain, IEchoGrain
{
    private static readonly ApplyReply Kept = new(null, null, false, ImmutableArray.Create(new ItemReply(ItemOutcome.Kept)));

    public Task<ApplyReply> Echo(ApplyRequest request) => Task.FromResult(Kept);
}
