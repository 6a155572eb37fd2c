using Microsoft.Extensions.DependencyInjection;
using Parley.Storage.Contract;

namespace Parley.Storage.Sqlite.Tests;

public sealed class UnreadableRowTests() : UnreadableRowContract(new SqliteFixture())
{
    protected override Task Damage(DamagedRow row, string words, string text)
    {
        var (table, column) = row switch
        {
            DamagedRow.ParkedChange => ("parked", "change"),
            DamagedRow.ToDo => ("work", "item"),
            DamagedRow.Session => ("session", "body"),
            DamagedRow.Send => ("send", "body"),
            DamagedRow.Echo => ("echo", "echo"),
            _ => ("conversation", "head"),
        };
        return Store.Services.GetRequiredService<SqliteDatabase>().Write(
            1,
            transaction =>
            {
                var changed = transaction.Connection.Use($"UPDATE {table} SET {column} = ?2 WHERE instr({column}, ?1) > 0")
                    .Bind(1, words)
                    .Bind(2, text)
                    .Run();
                Assert.NotEqual(0, changed);
            },
            Token);
    }
}
