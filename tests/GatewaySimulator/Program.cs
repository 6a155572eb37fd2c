using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Parley.GatewaySimulator;

// dotnet run --project tests/GatewaySimulator -- --urls http://127.0.0.1:0 --version 2.3.7 --apikey …
var arguments = new ConfigurationBuilder().AddCommandLine(args).Build();
var defaults = new GatewayOptions();
var options = defaults with
{
    Urls = arguments["urls"] ?? defaults.Urls,
    Version = arguments["version"] ?? defaults.Version,
    ApiKey = arguments["apikey"] ?? defaults.ApiKey,
    GlobalWebhookUrl = arguments["globalWebhook"],
};
await using var gateway = await SimulatedGateway.Start(options);
Console.WriteLine($"Evolution API {options.Version} (simulated) listens on {gateway.Url}");

var ended = new TaskCompletionSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

// Where another program starts it, it ends with that program, however that ends: the other end of its input is then gone. A terminal sends
// Ctrl+C to both, and the program may need its gateway until it has stopped.
var endsWithInput = arguments.GetValue("endsWithInput", false);
await (endsWithInput ? Console.In.ReadToEndAsync() : ended.Task);

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    ended.TrySetResult();
}
