using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.GatewaySimulator.Control;

/// <summary>What is to go wrong.</summary>
internal static class FaultControls
{
    public static void Map(RouteGroupBuilder control, SimulatedGateway gateway)
    {
        control.MapPost("/faults", (CallFault fault) => gateway.Faults.Next(fault.Call, fault.Read()));
        control.MapDelete("/faults", gateway.Faults.Heal);
        control.MapPost("/webhook-faults", (EventFault fault) =>
        {
            if (fault.Read() is not { } read)
            {
                return Results.BadRequest("kind is one of lose, duplicate, delay, hold, reverse");
            }

            gateway.Webhooks.Next(read);
            return Results.Ok();
        });
        control.MapDelete("/webhook-faults", gateway.Webhooks.Heal);
        control.MapPost("/webhook-faults/release", (bool? lastFirst) => gateway.Webhooks.Release(lastFirst ?? false));
        control.MapPost("/outage", (Outage outage) =>
        {
            // After this call's own answer.
            _ = gateway.Work.Run(async () =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), gateway.Stopping);
                await gateway.StopListening();
                await Task.Delay(TimeSpan.FromSeconds(outage.Seconds), gateway.Stopping);
                await gateway.ListenAgain();
            });
            return Results.Accepted();
        });
        control.MapPost("/options", (Switches switches) => switches.Apply(gateway.Options));
    }

    /// <param name="Call">As in <c>message/sendText</c>, <c>message/*</c>, <c>*</c>.</param>
    /// <param name="Status">Null = the true answer.</param>
    private sealed record CallFault(
        string Call,
        int? Times,
        string? Instance,
        bool Done,
        double BeforeMs,
        double AfterMs,
        int? Status,
        string? Body,
        string? ContentType,
        int? RetryAfter,
        bool CutOff,
        bool Hang)
    {
        public RestFault Read()
        {
            var fault = Status is { } status && Body is null ? RestFault.Answer(status) : new RestFault { Status = Status, Body = Body ?? "" };
            return fault with
            {
                Times = Times ?? 1,
                Instance = Instance,
                // What ends in the true answer is done.
                Done = Done || (Status is null && !Hang),
                Before = TimeSpan.FromMilliseconds(BeforeMs),
                After = TimeSpan.FromMilliseconds(AfterMs),
                ContentType = ContentType ?? fault.ContentType,
                RetryAfter = RetryAfter,
                CutOff = CutOff,
                Hang = Hang,
            };
        }
    }

    private sealed record EventFault(string Event, string Kind, int? Times, int? Copies, double ByMs)
    {
        public WebhookFault? Read()
        {
            WebhookFault? fault = Kind switch
            {
                "lose" => new LoseWebhook(Event),
                "duplicate" => new DuplicateWebhook(Event, Copies ?? 1),
                "delay" => new DelayWebhook(Event, TimeSpan.FromMilliseconds(ByMs)),
                "hold" => new HoldWebhook(Event),
                "reverse" => new ReverseWebhooks(Event),
                _ => null,
            };
            return fault is null ? null : fault with { Times = Times ?? 1 };
        }
    }

    private sealed record Outage(double Seconds);

    /// <summary>What is left out stays as it is; a negative time = never.</summary>
    private sealed record Switches(
        EchoTiming? Echo, bool? SavesMessages, bool? AcksByHiddenId, double? ServerAckMs, double? DeliveryAckMs, double? ReadAckMs, int? QrLimit)
    {
        public void Apply(GatewayOptions options)
        {
            options.Echo = Echo ?? options.Echo;
            options.SavesMessages = SavesMessages ?? options.SavesMessages;
            options.AcksByHiddenId = AcksByHiddenId ?? options.AcksByHiddenId;
            options.QrLimit = QrLimit ?? options.QrLimit;
            options.ServerAckAfter = Time(ServerAckMs, options.ServerAckAfter);
            options.DeliveryAckAfter = Time(DeliveryAckMs, options.DeliveryAckAfter);
            options.ReadAckAfter = Time(ReadAckMs, options.ReadAckAfter);
        }

        private static TimeSpan? Time(double? milliseconds, TimeSpan? old) =>
            milliseconds is null ? old : milliseconds < 0 ? null : TimeSpan.FromMilliseconds(milliseconds.Value);
    }
}
