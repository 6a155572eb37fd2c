using Microsoft.AspNetCore.Builder;
using Parley.Silo;
using Parley.Storage.Sqlite;

namespace Parley.Bench.Load;

/// <summary>The very program that ships, with one route more: JSON in, JSON out, nothing done.</summary>
internal static class Server
{
    public const string NothingPath = "/bench/nothing";

    public static async Task Run(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var settings = SiloSettings.Read(builder.Configuration);
        using var directory = settings.Cluster is null ? DataDirectoryLock.Take(settings.DataDirectory) : null;
        settings.EnsureAdminKey();
        await using var app = Composition.Build(builder, settings);
        app.MapPost(NothingPath, static (Nothing body) => new Nothing(body.Event, body.Instance)).AllowAnonymous();
        await app.RunAsync();
    }

    private sealed record Nothing(string? Event, string? Instance);
}
