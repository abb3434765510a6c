using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace EvsNative.Cli.Tests.Report;

/// <summary>A page in Chromium without a window, asked through its debugging protocol.</summary>
internal sealed class Browser : IDisposable
{
    private readonly Process _process;
    private readonly CancellationToken _stop;
    private readonly ClientWebSocket _socket = new();

    private Browser(Process process, CancellationToken stop) => (_process, _stop) = (process, stop);

    /// <summary>Where one is; null where none is.</summary>
    public static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    /// <summary>Opens a file.</summary>
    /// <param name="browser">the program</param>
    /// <param name="page">the file</param>
    /// <param name="profile">a folder for what the browser keeps</param>
    /// <param name="stop">ends waiting</param>
    public static async Task<Browser> Open(string browser, string page, string profile, CancellationToken stop)
    {
        var start = new ProcessStartInfo(browser) { RedirectStandardError = true };
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", $"--user-data-dir={profile}",
            new Uri(page).AbsoluteUri,
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        var opened = new Browser(Process.Start(start)!, stop);
        try
        {
            await opened.Connect();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>The text that an expression of the page, or its promise, results in.</summary>
    public async Task<string> Evaluate(string expression)
    {
        // A browser that has just begun shows nothing yet; what it is asked then is lost when the page comes.
        const string IsThere = "location.protocol + document.readyState";
        while (await Ask(IsThere) != "file:complete") await Task.Delay(50, _stop);
        return await Ask(expression) ?? throw new InvalidOperationException("the page went away");
    }

    /// <summary>The text that an expression results in; null if the page went away meanwhile.</summary>
    private async Task<string?> Ask(string expression)
    {
        string asked = JsonSerializer.Serialize(new
        {
            id = 1,
            method = "Runtime.evaluate",
            @params = new { expression, awaitPromise = true, returnByValue = true },
        });
        await _socket.SendAsync(Encoding.UTF8.GetBytes(asked), WebSocketMessageType.Text, endOfMessage: true, _stop);
        using var answer = new MemoryStream();
        byte[] part = new byte[1 << 16];
        for (bool isEnd = false; !isEnd;)
        {
            var received = await _socket.ReceiveAsync(part, _stop);
            answer.Write(part, 0, received.Count);
            isEnd = received.EndOfMessage;
        }

        using var json = JsonDocument.Parse(answer.ToArray());
        if (!json.RootElement.TryGetProperty("result", out var result)) return null;
        Assert.False(result.TryGetProperty("exceptionDetails", out _), result.ToString());
        return result.GetProperty("result").GetProperty("value").GetString()!;
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        // It writes to its profile until it is gone.
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The browser says on its error stream where it listens, and there which pages it has.</summary>
    private async Task Connect()
    {
        const string Listens = "DevTools listening on ";
        string? line;
        do line = await _process.StandardError.ReadLineAsync(_stop);
        while (line?.StartsWith(Listens, StringComparison.Ordinal) == false);
        Assert.NotNull(line);
        var address = new Uri(line[Listens.Length..]);
        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var http = new HttpClient();
        for (; ; )
        {
            string list = await http.GetStringAsync(new Uri($"http://{address.Authority}/json"), _stop);
            using var json = JsonDocument.Parse(list);
            var page = json.RootElement.EnumerateArray().FirstOrDefault(target => target.GetProperty("type").GetString() == "page");
            if (page.ValueKind == JsonValueKind.Object)
            {
                await _socket.ConnectAsync(new Uri(page.GetProperty("webSocketDebuggerUrl").GetString()!), _stop);
                return;
            }

            await Task.Delay(100, _stop);
        }
    }
}
