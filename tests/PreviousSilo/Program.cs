using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Parley.PreviousSilo;
using Parley.Storage.MongoDB.Clustering;

// The arguments are those of src/Silo; what does not concern a silo alone is passed over.
var builder = Host.CreateApplicationBuilder(args);
var configuration = builder.Configuration;

// What is written to the standard output is for the test.
builder.Logging.ClearProviders();
builder.Logging.AddConsole(static options => options.LogToStandardErrorThreshold = LogLevel.Trace);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.UseOrleans(silo =>
{
    silo.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = ("parley", configuration["Parley:ClusterId"]!));
    silo.UseMongoClustering(options => options.ConnectionString = configuration.GetConnectionString("MongoDB")!);
    silo.ConfigureEndpoints(
        IPAddress.Loopback, configuration.GetValue<int>("Orleans:SiloPort"), configuration.GetValue<int>("Orleans:GatewayPort"));
});
builder.Services.AddHostedService<Commands>();
await builder.Build().RunAsync();
