using Parley.GatewaySimulator.Network;

namespace Parley.GatewaySimulator.Tests.Recorded;

/// <summary>Whom the recordings are about.</summary>
internal static class RecordedPeople
{
    public const string Line = "5511912340001";
    public const string Bruna = "5511987650001@s.whatsapp.net";

    public static void AddTo(SimulatedGateway gateway)
    {
        var whatsApp = gateway.WhatsApp;
        var bruna = whatsApp.AddPerson("5511987650001", "Bruna", "100000000000011");
        whatsApp.AddPerson("558187650002", "Caio", "100000000000012");
        var maria = whatsApp.AddPerson("5215587650003", "María", "100000000000013");
        whatsApp.AddPerson("525587650004", "Jorge", "100000000000014");
        whatsApp.AddPerson("5491187650005", "Ana", "100000000000015");
        whatsApp.AddPerson("541187650006", "Luis", "100000000000016");
        var dieter = whatsApp.AddPerson("4915587650007", "Dieter", "100000000000017");
        whatsApp.AddPerson("919876500009", "Priya", "100000000000019");
        var own = gateway.WhatsApp.AddPerson("4915550100260", "Parley Test", "90000000000060");
        whatsApp.AddPerson("4915550100240", "Parley Test", "90000000000040");
        whatsApp.AddGroup("120363025246125888", "Project X", own, bruna, maria, dieter, new Person("", "100000000000099", "Ghost"));
        var ana = whatsApp.AddPerson("5511998877001", "Ana Souza", withoutHiddenId: true);
        var bruno = whatsApp.AddPerson("553188776602", "Bruno Lima", withoutHiddenId: true);
        var greta = whatsApp.AddPerson("4915112340005", "Greta Müller", withoutHiddenId: true);
        whatsApp.AddPerson("5521977660007", "Eva", withoutHiddenId: true);
        whatsApp.AddPerson("5215512340003", "Carlos", withoutHiddenId: true);
        whatsApp.AddPerson("5491123450004", "Diego", withoutHiddenId: true);
        whatsApp.AddPerson(Line, "Loja Exemplo", withoutHiddenId: true);
        whatsApp.AddGroup("120363041234567890", "Equipe", ana, bruno, greta);
        // Known to WhatsApp in the other form than the gateway is asked for.
        foreach (var number in (string[])["551187650091", "5511987650092", "5215587650093", "525587650094", "5491187650095", "541187650096"])
        {
            whatsApp.AddPerson(number, number, withoutHiddenId: true);
        }

        foreach (var number in (string[])["4915500000000", "5511930000000", "5511900000000", "49151000000"])
        {
            whatsApp.HasNoWhatsApp(number);
        }
    }
}
