using System.Diagnostics;

namespace EvsNative.Bench;

/// <summary>A peer that is a .NET project of its own below bench/peers, outside the solution: it is built when it is asked for.</summary>
internal static class DotnetPeer
{
    /// <summary>Builds it.</summary>
    /// <param name="name">the folder and the project</param>
    /// <param name="below">where its program lies below bin/Release/net10.0</param>
    /// <returns>the program's full path</returns>
    /// <exception cref="PeerException">it does not build</exception>
    public static string Build(string name, string below = "")
    {
        string project = RepositoryFile.Find($"bench/peers/{name}/{name}.csproj");
        Console.Error.WriteLine($"building {project}");
        var (code, said) = Run(new ProcessStartInfo("dotnet", ["build", "-c", "Release", "-v", "quiet", "-nologo", project]));
        return code == 0
            ? Path.Combine(Path.GetDirectoryName(project)!, "bin", "Release", "net10.0", below, $"{name}peer.dll")
            : throw new PeerException($"bench/peers/{name} does not build: {said.Trim().ReplaceLineEndings(" ")}");
    }

    /// <summary>Runs a program to its end: its exit code and what it printed; 127 where there is no such program.</summary>
    public static (int Code, string Said) Run(ProcessStartInfo start)
    {
        const int notFound = 127;
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        try
        {
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            string said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, said);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (notFound, "");
        }
    }
}
