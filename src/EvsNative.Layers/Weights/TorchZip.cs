using System.IO.Hashing;
using System.Text;
using EvsNative.Layers.Archives;
using EvsNative.Layers.Pickles;

namespace EvsNative.Layers;

/// <summary>
/// The container of torch.save since PyTorch 1.6: a zip archive with a pickle, a file for each storage, and the order of bytes. Source:
/// caffe2/serialize/inline_container.h, torch/serialization.py.
/// </summary>
internal static class TorchZip
{
    private const string Pickle = "/data.pkl", SaveAgain = "load it with torch and torch.save it again";

    /// <summary>Reads the pickle, and finds the storages' places.</summary>
    /// <exception cref="InputException">another archive, a damaged one, or one that asks for what is not done</exception>
    public static TorchContent Read(FileBytes file)
    {
        var directory = ZipDirectory.Read(file);
        string root = Root(file, directory);
        var entry = directory.Find(root + Pickle)!;
        if (entry.Bytes > InputLimits.PickleBytes)
            throw new InputException(InputCode.TooLarge, $"{file.Path}: a pickle of {entry.Bytes} bytes: check the file");
        long place = directory.Place(entry);
        CheckCrc(file, entry, place);
        var words = new TorchWords(isLegacy: false);
        var input = new PickleInput(file, place, place + entry.Bytes);
        object? top = new PickleMachine(input, words).Run();
        if (input.Left > 0) throw input.Damaged("something follows its end");
        foreach (var storage in words.Storages.Values) Locate(file, directory, root, storage);
        return new TorchContent(top, entry.Bytes);
    }

    /// <summary>What an archive is that holds no pickle of torch.save, and what to do.</summary>
    private static InputException Other(FileBytes file, ZipDirectory directory)
    {
        bool Has(string ending) => directory.Names.Any(name => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        string what = Has(".npy") ? "NumPy arrays (.npz): save them as safetensors"
            : Has("model.weights.h5") ? "a Keras model (.keras): take the safetensors file of the same model"
            : "no data.pkl, so it is not by torch.save: if weights are in it, unpack it first";
        return new InputException(InputCode.WrongKind, $"{file.Path}: a zip archive of {what}");
    }

    /// <summary>The folder that everything lies in: any name, often the file's own.</summary>
    private static string Root(FileBytes file, ZipDirectory directory)
    {
        string[] pickles = [.. directory.Names.Where(name => name.EndsWith(Pickle, StringComparison.Ordinal))];
        if (pickles.Length == 0) throw Other(file, directory);
        string root = pickles[0][..^Pickle.Length];
        bool isScript = directory.Find($"{root}/constants.pkl") is not null
            || directory.Names.Any(name => name.StartsWith($"{root}/code/", StringComparison.Ordinal));
        if (isScript)
        {
            throw new InputException(
                InputCode.Unsupported, $"{file.Path}: a TorchScript program (code/, constants.pkl), not weights: take the file of weights");
        }

        if (pickles.Length > 1)
            throw ZipDirectory.Damaged(file, $"the archive holds {pickles.Length} files data.pkl, and which one is meant cannot be told");
        if (directory.Packed is { } packed)
        {
            throw new InputException(
                InputCode.Unsupported,
                $"{file.Path}: entry {InputText.Quote(packed)} is compressed or encrypted, as torch.save never does: {SaveAgain}");
        }

        if (directory.Find($"{root}/byteorder") is not { } order || Text(file, directory, order).Trim() == "little") return root;
        throw new InputException(
            InputCode.Unsupported, $"{file.Path}: its numbers have the highest byte first: {SaveAgain} on another machine");
    }

    private static string Text(FileBytes file, ZipDirectory directory, ZipEntry entry)
    {
        const int longest = 16;
        if (entry.Bytes > longest) return "";
        byte[] bytes = new byte[entry.Bytes];
        file.ReadExactly(bytes, directory.Place(entry));
        return Encoding.ASCII.GetString(bytes);
    }

    private static void Locate(FileBytes file, ZipDirectory directory, string root, TorchStorage storage)
    {
        string name = $"{root}/data/{storage.Key}";
        var entry = directory.Find(name)
            ?? throw ZipDirectory.Damaged(file, $"{InputText.Quote(name)} is not in the archive");
        if (entry.Bytes != storage.Bytes)
        {
            string wanted = $"its {storage.Count} numbers {storage.Type.Word()} need {storage.Bytes}";
            throw ZipDirectory.Damaged(file, $"{InputText.Quote(name)} has {entry.Bytes} bytes, {wanted}");
        }

        (storage.Place, storage.Crc) = (directory.Place(entry), entry.Crc);
    }

    private static void CheckCrc(FileBytes file, ZipEntry entry, long place)
    {
        var sum = new Crc32();
        StoredNumbers.Pass(file, place, entry.Bytes, sum.Append);
        if (sum.GetCurrentHashAsUInt32() != entry.Crc) throw StoredNumbers.WrongCrc(file, entry.Name);
    }
}
