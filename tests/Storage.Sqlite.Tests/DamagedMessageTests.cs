using Microsoft.Extensions.DependencyInjection;
using Parley.Domain.Messages;
using Parley.Storage.Contract;

namespace Parley.Storage.Sqlite.Tests;

public sealed class DamagedMessageTests() : DamagedMessageContract(new SqliteFixture())
{
    protected override Task Damage(Message message, string body) => Store.Services.GetRequiredService<SqliteDatabase>().Write(
        1,
        transaction =>
        {
            using var row = transaction.Connection.Use("UPDATE message SET body = ?2 WHERE id = ?1").Bind(1, message.Id).Bind(2, body);
            row.Run();
        },
        Token);
}
