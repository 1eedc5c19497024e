"""Headers of documents: every name is a known column, and they identify the type."""

from __future__ import annotations

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents.columns import columns_of
from tap_mws_reports.report_types.type_detection import detect_type, detect_xml_type

PAYMENTS = "GET_DATE_RANGE_FINANCIAL_TRANSACTION_DATA"
GST = (
    "Seller Gstin;Invoice Number;Invoice Date;Transaction Type;Order Id;Shipment Id;Shipment Date;"
    "Order Date;Shipment Item Id;Quantity;Item Description;Asin;Hsn/sac;Sku;Product Tax Code;"
    "Bill From City;Bill From State;Bill From Country;Bill From Postal Code;Ship From City;"
    "Ship From State;Ship From Country;Ship From Postal Code;Ship To City;Ship To State;"
    "Ship To Country;Ship To Postal Code;Invoice Amount;Tax Exclusive Gross;Total Tax Amount;"
    "Cgst Rate;Sgst Rate;Utgst Rate;Igst Rate;Compensatory Cess Rate;Principal Amount;"
    "Principal Amount Basis;Cgst Tax;Sgst Tax;Utgst Tax;Igst Tax;Compensatory Cess Tax;"
    "Shipping Amount;Shipping Amount Basis;Shipping Cgst Tax;Shipping Sgst Tax;Shipping Utgst Tax;"
    "Shipping Igst Tax;Shipping Cess Tax;Gift Wrap Amount;Gift Wrap Amount Basis;"
    "Gift Wrap Cgst Tax;Gift Wrap Sgst Tax;Gift Wrap Utgst Tax;Gift Wrap Igst Tax;"
    "Gift Wrap Compensatory Cess Tax;Item Promo Discount;Item Promo Discount Basis;Item Promo Tax;"
    "Shipping Promo Discount;Shipping Promo Discount Basis;Shipping Promo Tax;"
    "Gift Wrap Promo Discount;Gift Wrap Promo Discount Basis;Gift Wrap Promo Tax;Tcs Cgst Rate;"
    "Tcs Cgst Amount;Tcs Sgst Rate;Tcs Sgst Amount;Tcs Utgst Rate;Tcs Utgst Amount;Tcs Igst Rate;"
    "Tcs Igst Amount;Warehouse Id;Fulfillment Channel;Payment Method Code"
)
NOTES = "Credit Note No;Credit Note Date"
IRN = "Irn Number;Irn Filing Status;Irn Date;Irn Error Code"

HEADERS = {
    "payments of Spain": (
        PAYMENTS,
        "fecha y hora;identificador de pago;tipo;número de pedido;sku;descripción;cantidad;"
        "web de Amazon;gestión logística;ciudad de procedencia del pedido;"
        "comunidad autónoma de procedencia del pedido;código postal de procedencia del pedido;"
        "Formulario de recaudación de impuestos;ventas de productos;"
        "impuesto de ventas de productos;abonos de envío;impuestos por abonos de envío;"
        "abonos de envoltorio para regalo;impuestos por abonos de envoltorio para regalo;"
        "devoluciones promocionales;impuestos de descuentos por promociones;"
        "impuesto retenido en el sitio web;tarifas de venta;tarifas de Logística de Amazon;"
        "tarifas de otras transacciones;otro;total",
    ),
    "payments of France": (
        PAYMENTS,
        "date/heure;numéro de versement;type;numéro de la commande;sku;description;quantité;"
        "Marketplace;traitement;ville d'où provient la commande;Région d'où provient la commande;"
        "code postal de la commande;Modèle de perception des taxes;ventes de produits;"
        "Taxes sur la vente des produits;crédits d'expédition;taxe sur les crédits d’expédition;"
        "crédits sur l'emballage cadeau;Taxes sur les crédits cadeaux;Rabais promotionnels;"
        "Taxes sur les remises promotionnelles;Taxes retenues sur le site de vente;frais de vente;"
        "Frais Expédié par Amazon;autres frais de transaction;autre;total",
    ),
    "payments of Italy": (
        PAYMENTS,
        "Data/Ora:;Numero pagamento;Tipo;Numero ordine;SKU;Descrizione;Quantità;Marketplace;"
        "Gestione;Città di provenienza dell'ordine;Provincia di provenienza dell'ordine;"
        "CAP dell'ordine;modello di riscossione delle imposte;Vendite;"
        "imposta sulle vendite dei prodotti;Accrediti per le spedizioni;"
        "imposta accrediti per le spedizioni;Accrediti per confezioni regalo;"
        "imposta sui crediti confezione regalo;Sconti promozionali;"
        "imposta sugli sconti promozionali;trattenuta IVA del marketplace;Commissioni di vendita;"
        "Costi del servizio Logistica di Amazon;Altri costi relativi alle transazioni;Altro;totale",
    ),
    "payments of Germany": (
        PAYMENTS,
        "Datum/Uhrzeit;Abrechnungsnummer;Typ;Bestellnummer;SKU;Beschreibung;Menge;Marketplace;"
        "Versand;Ort der Bestellung;Bundesland;Postleitzahl;Steuererhebungsmodell;Umsätze;"
        "Produktumsatzsteuer;Gutschrift für Versandkosten;Steuer auf Versandgutschrift;"
        "Gutschrift für Geschenkverpackung;Steuer auf Geschenkverpackungsgutschriften;"
        "Rabatte aus Werbeaktionen;Steuer auf Aktionsrabatte;Einbehaltene Steuer auf Marketplace;"
        "Verkaufsgebühren;Gebühren zu Versand durch Amazon;Andere Transaktionsgebühren;Andere;"
        "Gesamt",
    ),
    "payments of Britain": (
        PAYMENTS,
        "date/time;settlement id;type;order id;sku;description;quantity;marketplace;fulfilment;"
        "order city;order state;order postal;tax collection model;product sales;product sales tax;"
        "postage credits;shipping credits tax;gift wrap credits;giftwrap credits tax;"
        "promotional rebates;promotional rebates tax;marketplace withheld tax;selling fees;"
        "fba fees;other transaction fees;other;total",
    ),
    "payments of the United States, 2017": (
        PAYMENTS,
        "date/time;settlement id;type;order id;sku;description;quantity;marketplace;fulfillment;"
        "order city;order state;order postal;product sales;shipping credits;gift wrap credits;"
        "promotional rebates;sales tax collected;Marketplace Facilitator Tax;selling fees;"
        "fba fees;other transaction fees;other;total",
    ),
    "payments of Japan": (
        PAYMENTS,
        "日付/時間;決済番号;トランザクションの種類;注文番号;SKU;説明;数量;Amazon 出品サービス;"
        "フルフィルメント;市町村;都道府県;郵便番号;税金徴収型;商品売上;商品の売上税;配送料;"
        "配送料の税金;ギフト包装手数料;ギフト包装クレジットの税金;Amazonポイントの費用;"
        "プロモーション割引額;プロモーション割引の税金;源泉徴収税を伴うマーケットプレイス;手数料;"
        "FBA 手数料;トランザクションに関するその他の手数料;その他;合計",
    ),
    "payments of the Netherlands": (
        PAYMENTS,
        "datum/tijd;schikkings-ID;type;bestelnummer;sku;beschrijving;aantal;marketplace;"
        "fulfillment;bestelling stad;status bestelling;bestelling per post;verkoop van producten;"
        "Verzendtegoeden;kredietpunten cadeauverpakking;promotiekortingen;geïnde omzetbelasting;"
        "Belasting voor marketplace-facilitator;verkoopkosten;fba-vergoedingen;"
        "overige transactiekosten;overige;totaal",
    ),
    "payments of Mexico": (
        PAYMENTS,
        "fecha/hora;Id. de liquidación;tipo ;Id. del pedido;sku;descripción;cantidad;marketplace;"
        "cumplimiento;ciudad del pedido;estado del pedido;código postal del pedido;"
        "modelo de recaudación de impuestos;ventas de productos;impuesto de ventas de productos;"
        "créditos de envío;impuesto de abono de envío;créditos por envoltorio de regalo;"
        "impuesto de créditos de envoltura;descuentos promocionales;"
        "impuesto de reembolsos promocionales;impuesto de retenciones en la plataforma;"
        "tarifas de venta;tarifas fba;tarifas de otra transacción;otro;total",
    ),
    "payments of Poland": (
        PAYMENTS,
        "data/godzina;identyfikator rozliczenia;typ;identyfikator zamówienia;sku;opis;ilość;rynek;"
        "realizacja;miejscowość zamówienia;stan zamówienia;przekaz pocztowy;sprzedaż produktów;"
        "noty kredytowe za wysyłkę;środki na pokrycie pakowania na prezent;rabaty promocyjne;"
        "pobrany podatek od sprzedaży;podatek od transakcji marketplace facilitator;"
        "opłaty za sprzedaż;opłaty za fba;inne opłaty transakcyjne;inne;suma",
    ),
    "payments of Sweden": (
        PAYMENTS,
        "datum/tid;reglerings-id;typ;beställnings-id;sku;beskrivning;antal;marknadsplats;leverans;"
        "stad för beställning;delstat för beställning;postadress för beställning;"
        "försäljning av produkter;fraktkrediter;krediter för presentinslagning;kampanjrabatter;"
        "inkasserad moms;skatt för marknadsplatsförmedlare;försäljningsavgifter;fba-avgifter;"
        "övriga transaktionsavgifter;övrigt;totalt;transaktionsstatus;"
        "transaktionens utgivningsdatum",
    ),
    "payments of Belgium": (
        PAYMENTS,
        "date/heure;Identifiant du paiement;type;Numéro de la commande;sku;description;Quantité;"
        "marketplace;expédition;ville de la commande;état de la commande;commande postale;"
        "ventes de produits ;crédits d’expédition;crédits d’emballage-cadeau;"
        "Total des réductions;taxe de ventes prélevée;Taxe Marketplace Facilitator;frais de vente ;"
        "Frais pour le service Expédié par Amazon;autres frais de transaction;autres;total;"
        "Statut de la transaction;Date de délivrance de la transaction",
    ),
    "payments of Turkey": (
        PAYMENTS,
        "tarih/saat;hesap kesim no;tip;sipariş no.;sku;açıklama;adet;pazar yeri;gönderim;"
        "sipariş şehri;sipariş durumu;sipariş postası;ürün satışları;kargo kredileri;"
        "promosyon indirimleri;satış ücretleri;Amazon Lojistik ücretleri;diğer işlem ücretleri;"
        "diğer;toplam;İşlem durumu;İşlem çıkış tarihi",
    ),
    "payments of Brazil": (
        PAYMENTS,
        "data/hora;id de liquidação;tipo;id do pedido;sku;descrição;quantidade;mercado;"
        "tipo de conta;atendimento;cidade do pedido;estado do pedido;postal do pedido;"
        "vendas do produto;créditos de remessa;créditos de embalagem de presente;"
        "descontos promocionais;imposto de vendas coletados;tarifas de venda;taxas fba;"
        "taxas de outras transações;outro;total;Status da transação;"
        "Data de liberação da transação",
    ),
    "payments of Australia": (
        PAYMENTS,
        "date/time;settlement ID;type;order ID;sku;description;quantity;marketplace;fulfilment;"
        "order city;order state;order postal;product sales;shipping credits;gift wrap credits;"
        "promotional rebates;sales tax collected;low value goods;selling fees;"
        "fulfilment by amazon fees;other transaction fees;other;total;Transaction status;"
        "Transaction Release Date",
    ),
    "payments of India": (
        PAYMENTS,
        "date/time;settlement id;type;order id;Sku;description;quantity;marketplace;account type;"
        "fulfillment;order city;order state;order postal;product sales;shipping credits;"
        "gift wrap credits;promotional rebates;Total sales tax liable(GST before adjusting TCS);"
        "TCS-CGST;TCS-SGST;TCS-IGST;TDS (Section 194-O);selling fees;fba fees;"
        "other transaction fees;other;total;Transaction Status;Transaction Release Date",
    ),
    "listings of Saudi Arabia": (
        "GET_MERCHANT_LISTINGS_ALL_DATA",
        "اسم-المنتج;وصف-المنتج;رقم-العرض;sku-البائع;السعر;الكمية;تاريخ-مفتوح;منتج-سوق-البيع;"
        "نوع-رقم-المنتج;ملاحظة-المنتج;حالة-المنتج;asin1;للشحن-الدولي;شحن-مستعجل;رقم-المنتج;إضافة-حذف;"
        "كمية-منتظرة;قناة-الشحن;إعفاء-اختياري-لنوع-الدفع;الحالة",
    ),
    "listings of Turkey": (
        "GET_MERCHANT_LISTINGS_ALL_DATA",
        "item-name (ürün adı);listing-id (liste kaydı numarası);seller-sku (satıcı sku);"
        "price (fiyat);quantity (adet);open-date (yayınlanma tarihi);"
        "product-id-type (ürün numarası türü);item-note (ürün notu);item-condition (ürün durumu);"
        "asin1;product-id (ürün numarası);fulfillment-channel (dağıtım kanalı);durum;"
        "Minimum sipariş adedi;Elde kalanı sat",
    ),
    "listings of Poland": (
        "GET_MERCHANT_LISTINGS_ALL_DATA",
        "nazwa-produktu;opis-produktu;identyfikator-oferty;sku-sprzedawcy;cena;ilość;data-otwarcia;"
        "produkt-jest-(na)rynku;typ-identyfikatora-produktu;uwaga-o-produkcie;stan-produktu;asin1;"
        "wysyłka-międzynarodowa;przyspieszona-wysyłka;identyfikator-produktu;dodaj-usuń;"
        "ilość-oczekująca;kanał-realizacji;grupa-wysyłki-sprzedawcy;status",
    ),
    "business report by date": (
        "BUSINESS_REPORT_BY_DATE",
        "Date;Ordered Product Sales;Ordered Product Sales - B2B;Units Ordered;Units Ordered - B2B;"
        "Total Order Items;Total Order Items - B2B;Page Views - Total;Page Views - Total - B2B;"
        "Sessions - Total;Sessions - Total - B2B;Featured Offer Percentage;"
        "Featured Offer Percentage - B2B;Unit Session Percentage;Unit Session Percentage - B2B;"
        "Average Offer Count;Average Parent Items",
    ),
    "business report by date of Japan": (
        "BUSINESS_REPORT_BY_DATE",
        "日付;注文商品の売上額;注文商品の売上額 - B2B;注文された商品点数;注文点数 - B2B;"
        "注文品目総数;注文品目総数 - B2B;ページビュー - 合計;ページビュー - 合計 - B2B;"
        "セッション数 - 合計;セッション数 - 合計 - B2B;おすすめ出品（おすすめ商品）の獲得率;"
        "おすすめ出品（おすすめ商品）の獲得率 - B2B;ユニットセッション率;"
        "ユニットセッション率 - B2B;平均出品数;親商品の平均数",
    ),
    "business report by SKU": (
        "BUSINESS_REPORT_BY_SKU",
        "(Parent) ASIN;(Child) ASIN;Title;SKU;Sessions - Total;Sessions - Total - B2B;"
        "Session Percentage - Total;Session Percentage - Total - B2B;Page Views - Total;"
        "Page Views - Total - B2B;Page Views Percentage - Total;"
        "Page Views Percentage - Total - B2B;Featured Offer (Buy Box) Percentage;"
        "Featured Offer (Buy Box) Percentage - B2B;Units Ordered;Units Ordered - B2B;"
        "Unit Session Percentage;Unit Session Percentage - B2B;Ordered Product Sales;"
        "Ordered Product Sales - B2B;Total Order Items;Total Order Items - B2B",
    ),
    "business report by child item, of 2021": (
        "BUSINESS_REPORT_BY_CHILD_ITEM",
        "(Parent) ASIN;(Child) ASIN;Title;Sessions;Session Percentage;Page Views;"
        "Page Views Percentage;Buy Box Percentage;Units Ordered;Unit Session Percentage;"
        "Ordered Product Sales;Total Order Items",
    ),
    "business report by parent item": (
        "BUSINESS_REPORT_BY_PARENT_ITEM",
        "(Parent) ASIN;Title;Sessions - Total;Session percentage - Total;Page views - Total;"
        "Units ordered;Unit session percentage;Ordered Product Sales;Total order items",
    ),
    "business report by child item in Chinese": (
        "BUSINESS_REPORT_BY_CHILD_ITEM",
        "（父）ASIN;（子）ASIN;标题;会话数 - 总计;页面浏览量 - 总计;"
        "推荐报价（推荐报价展示位）百分比;已订购商品数量;商品会话百分比;已订购商品销售额;订单商品总数",
    ),
    "top search terms": (
        "TOP_SEARCH_TERMS",
        "Search Frequency Rank;Search Term;Top Clicked Brand #1;Top Clicked Brands #2;"
        "Top Clicked Brands #3;Top Clicked Category #1;Top Clicked Category #2;"
        "Top Clicked Category #3;Top Clicked Product #1: ASIN;"
        "Top Clicked Product #1: Product Title;Top Clicked Product #1: Click Share;"
        "Top Clicked Product #1: Conversion Share;Reporting Date",
    ),
    "search query performance of a brand": (
        "SEARCH_QUERY_PERFORMANCE",
        "Search Query;Search Query Score;Search Query Volume;Impressions: Total Count;"
        "Impressions: Brand Count;Impressions: Brand Share %;Clicks: Total Count;"
        "Clicks: Click Rate %;Clicks: Brand Count;Clicks: Brand Share %;Clicks: Price (Median);"
        "Clicks: Brand Price (Median);Clicks: Same Day Shipping Speed;Clicks: 1D Shipping Speed;"
        "Clicks: 2D Shipping Speed;Cart Adds: Total Count;Cart Adds: Cart Add Rate %;"
        "Cart Adds: Brand Count;Cart Adds: Brand Share %;Purchases: Total Count;Reporting Date",
    ),
    "search query performance of Great Britain": (
        "SEARCH_QUERY_PERFORMANCE",
        "Search Query;Search Query Score;Search Query Volume;Impressions: ASIN Count;"
        "Clicks: Same-Day Shipping Speed;Clicks: 1D-Shipping Speed;Basket Adds: Total Count;"
        "Basket Adds: Basket Add Rate %;Basket Adds: ASIN Count;Basket Adds: ASIN Share %;"
        "Basket Adds: Price (Median);Basket Adds: 2D-Shipping Speed;Reporting Date",
    ),
    "search terms of Sponsored Products": (
        "SPONSORED_PRODUCTS_SEARCH_TERM",
        "Start Date;End Date;Portfolio name;Currency;Campaign Name;Ad Group Name;Retailer;Country;"
        "Targeting;Match Type;Customer Search Term;Impressions;Clicks;Click-Thru Rate (CTR);"
        "Cost Per Click (CPC);Spend;7 Day Total Sales ;"
        "Total Advertising Cost of Sales (ACOS) ;Total Return on Advertising Spend (ROAS);"
        "7 Day Total Orders (#);7 Day Total Units (#);7 Day Conversion Rate;"
        "7 Day Advertised SKU Units (#);7 Day Other SKU Units (#);7 Day Advertised SKU Sales ;"
        "7 Day Other SKU Sales ",
    ),
    "advertised products of Sponsored Products": (
        "SPONSORED_PRODUCTS_ADVERTISED_PRODUCT",
        "Date;Campaign Name;Ad Group Name;Advertised SKU;Advertised ASIN;Impressions;Clicks;Spend;"
        "7 Day Total Sales;7 Day Total Orders;7 Day Total Units",
    ),
    "campaigns of Sponsored Products": (
        "SPONSORED_PRODUCTS_CAMPAIGN",
        "Start Date;End Date;Portfolio name;Program Type;Campaign Name;Retailer;Country;Status;"
        "Currency;Budget Amount;Targeting Type;Bidding strategy;Impressions;"
        "Last Year Impressions;Clicks;Last Year Clicks;Click-Thru Rate (CTR);Spend;"
        "Last Year Spend;Cost Per Click (CPC);Last Year Cost Per Click (CPC);"
        "7 Day Total Orders (#);Total Advertising Cost of Sales (ACOS) ;"
        "Total Return on Advertising Spend (ROAS);7 Day Total Sales ",
    ),
    "GST of business orders": (
        "GST_MTR_B2B",
        f"{GST};Bill To City;Bill To State;Bill To Country;Bill To Postalcode;"
        f"Customer Bill To Gstid;Customer Ship To Gstid;Buyer Name;{NOTES};{IRN}",
    ),
    "GST of consumer orders": ("GST_MTR_B2C", f"{GST};{NOTES}"),
    "GST of stock transfers": (
        "GST_MTR_STOCK_TRANSFER_REPORT",
        "Gstin Of Receiver;Transaction Type;Transaction Id;Order Id;Ship From Fc;Ship From City;"
        "Ship From State;Ship From Country;Ship From Postal Code;Ship To Fc;Ship To City;"
        "Ship To State;Ship To Country;Ship To Postal Code;Invoice Number;Invoice Date;"
        "Invoice Value;Asin;Sku;Quantity;Hsn Code;Taxable Value;Igst Rate;Igst Amount;Sgst Rate;"
        "Sgst Amount;Utgst Rate;Utgst Amount;Cgst Rate;Cgst Amount;Compensatory Cess Rate;"
        f"Compensatory Cess Amount;Gstin Of Supplier;{IRN}",
    ),
    "inventory planning of July 2026": (
        "GET_FBA_INVENTORY_PLANNING_DATA",
        "snapshot-date;sku;fnsku;asin;product-name;available;inv-age-271-to-365-days;"
        "inv-age-366-to-455-days;inv-age-456-plus-days;quantity-to-be-charged-ais-366-455-days;"
        "estimated-ais-366-455-days;quantity-to-be-charged-ais-456-plus-days;"
        "estimated-ais-456-plus-days;Reserved Staging;supplier;is-seasonal-in-next-3-months;"
        "season-name;season-start-date;season-end-date",
    ),
    "ledger of a day, with a store": (
        "GET_LEDGER_SUMMARY_VIEW_DATA",
        "Date;FNSKU;ASIN;MSKU;Title;Disposition;Starting Warehouse Balance;"
        "In Transit Between Warehouses;Receipts;Customer Shipments;Customer Returns;"
        "Vendor Returns;Warehouse Transfer In/Out;Found;Lost;Damaged;Disposed;Other Events;"
        "Ending Warehouse Balance;Unknown Events;Location;Store",
    ),
    "ledger of events, with a store": (
        "GET_LEDGER_DETAIL_VIEW_DATA",
        "Date;FNSKU;ASIN;MSKU;Title;Event Type;Reference ID;Quantity;Fulfillment Center;"
        "Disposition;Reason;Country;Reconciled Quantity;Unreconciled Quantity;Date and Time;Store",
    ),
    "removal orders, with a source": (
        "GET_FBA_FULFILLMENT_REMOVAL_ORDER_DETAIL_DATA",
        "request-date;order-id;order-source;order-type;order-status;last-updated-date;sku;fnsku;"
        "disposition;requested-quantity;cancelled-quantity;disposed-quantity;shipped-quantity;"
        "in-process-quantity;removal-fee;currency",
    ),
    "fulfilled shipments, a download in the United States": (
        "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL",
        "Amazon Order Id;Merchant Order Id;Shipment ID;Shipment Item Id;Amazon Order Item Id;"
        "Merchant Order Item Id;Purchase Date;Payments Date;Shipment Date;Reporting Date;"
        "Buyer Email;Buyer Name;Buyer Phone Number;Merchant SKU;Title;Shipped Quantity;Currency;"
        "Item Price;Item Tax;Shipping Price;Shipping Tax;Gift Wrap Price;Gift Wrap Tax;"
        "Recipient Name;Shipping Address 1;Shipping City;Shipping State;Shipping Postal Code;"
        "Shipping Country Code;Shipping Phone Number;Billing Address 1;Billing City;Billing State;"
        "bill-postal-code;bill-country;Item Promo Discount;Shipment Promo Discount;Carrier;"
        "Tracking Number;Estimated Arrival Date;FC;Fulfillment Channel;Sales Channel",
    ),
    "fulfilled shipments, a download in Britain": (
        "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL",
        "Amazon Order Id;Shipment ID;Shipment Item Id;Amazon Order Item Id;Shipment Date;"
        "Buyer E-mail;Merchant SKU;Title;Dispatched Quantity;Currency;Item Price;Item Tax;"
        "Delivery Price;Delivery Tax;Gift Wrap Price;Gift Wrapping Tax;Recipient Name;"
        "Delivery Address 1;Delivery City/Town;Delivery County;Delivery Postcode;"
        "Delivery Country Code;Billing City/Town;Billing County;FC;Fulfilment Channel;"
        "Sales Channel",
    ),
    "shipment sales, a download in India": (
        "GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_SALES_DATA",
        "Customer Shipment Date;Merchant SKU;FNSKU;ASIN;FC;Quantity;Amazon Order Id;Currency;"
        "Product Amount;Shipping Amount;Gift Amount;Shipment To City;Shipment To State;"
        "Shipment To Postal Code",
    ),
    "long-term storage fees of Japan, 2023": (
        "GET_FBA_FULFILLMENT_LONGTERM_STORAGE_FEE_CHARGES_DATA",
        "日付;出品者SKU;FNSKU;ASIN;商品名;コンディション;商品サイズ;通貨;volume-unit;国;"
        "請求対象の在庫数;請求金額;追加手数料の対象期間;追加手数料率",
    ),
    "business report by child item in German": (
        "BUSINESS_REPORT_BY_CHILD_ITEM",
        "(Übergeordnete) ASIN;(Untergeordnete) ASIN;Titel;Sitzungen – mobile App;"
        "Sitzungen – Browser;Sitzungen – Summe;Sitzungen – Summe – B2B;Seitenaufrufe – Summe;"
        "Bestellte Einheiten;Bestellte Einheiten – B2B;"
        "Durch bestellte Produkte erzielter Umsatz;Bestellsumme – B2B;Zahl der Bestellposten",
    ),
    "business report by date in German": (
        "BUSINESS_REPORT_BY_DATE",
        "Datum;Durch bestellte Produkte erzielter Umsatz;Bestellte Einheiten;"
        "Zahl der Bestellposten;Durchschnittlicher Umsatz/Bestellposten;"
        "Durchschnittlicher Verkaufspreis;Prozentsatz Bestellposten pro Sitzung;"
        "Durchschnittliche Angebotszahl",
    ),
    "business report by child item in Chinese, app and browser": (
        "BUSINESS_REPORT_BY_CHILD_ITEM",
        "（父）ASIN;（子）ASIN;标题;会话次数 - 移动应用;会话次数 - 浏览器;会话次数 - 总计;"
        "会话百分比 - 移动应用;会话百分比 - 总计;转化率 - 移动应用 - B2B;页面浏览量 - 浏览器;"
        "推荐报价（购买按钮）百分比;已订购商品数量;商品会话百分比;已订购商品销售额;订单商品总数",
    ),
    "business report by SKU in Japanese": (
        "BUSINESS_REPORT_BY_SKU",
        "（親）ASIN;（子）ASIN;タイトル;SKU;セッション数 - 合計;注文された商品点数;"
        "注文商品の売上額;注文品目総数",
    ),
    "transaction view of payments in Japanese": (
        "PAYMENTS_TRANSACTION_VIEW",
        "日付;トランザクションステータス;トランザクションの種類;注文番号;商品価格合計;"
        "プロモーション割引合計;Amazon手数料;その他;合計 (CAD)",
    ),
    "placements of Sponsored Products": (
        "SPONSORED_PRODUCTS_PLACEMENT",
        "Start Date;End Date;Portfolio name;Currency;Campaign Name;Retailer;Country;"
        "Bidding strategy;Placement;Impressions;Clicks;Cost Per Click (CPC);Spend;"
        "7 Day Total Sales ;Total Advertising Cost of Sales (ACOS) ;7 Day Total Orders (#)",
    ),
    "purchased products of Sponsored Products": (
        "SPONSORED_PRODUCTS_PURCHASED_PRODUCT",
        "Date;Portfolio name;Campaign Name;Country;Currency;Ad Group Name;Retailer;Advertised SKU;"
        "Advertised ASIN;Targeting;Match Type;Purchased ASIN;7 Day Other SKU Units (#);"
        "7 Day Other SKU Orders (#);7 Day Other SKU Sales",
    ),
    "impression shares of Sponsored Products": (
        "SPONSORED_PRODUCTS_SEARCH_TERM_IMPRESSION_SHARE",
        "Date;Customer Search Term;Search Term Impression Rank;Search Term Impression Share;"
        "Targeting;Match Type;Campaign Name;Ad Group Name;Currency;Clicks;Impressions;Spend;"
        "7 Day Total Orders (#);7 Day Total Sales ",
    ),
    "search terms of Sponsored Products, of a vendor in India": (
        "SPONSORED_PRODUCTS_SEARCH_TERM",
        "Start Date;End Date;Portfolio name;Currency;Campaign Name;Ad Group Name;Targeting;"
        "Match Type;Customer Search Term;Impressions;Clicks;Click-Thru Rate (CTR);"
        "Cost Per Click (CPC);Spend;14 Day Total Sales ;Total Advertising Cost of Sales (ACOS) ;"
        "Total Return on Advertising Spend (ROAS);14 Day Total Orders (#);14 Day Total Units (#);"
        "14 Day Conversion Rate;14 Day Advertised ASIN Units (#);14 Day Brand Halo ASIN Units (#);"
        "14 Day Advertised ASIN Sales (₹);14 Day Brand Halo ASIN Sales (₹)",
    ),
    "advertised products of Sponsored Products in Chinese": (
        "SPONSORED_PRODUCTS_ADVERTISED_PRODUCT",
        "开始日期;结束日期;广告组合名称;货币;广告活动名称;广告组名称;零售商;国家/地区;广告SKU;广告ASIN;"
        "展示量;点击量;点击率 (CTR);单次点击成本 (CPC);花费;7天总销售额;广告投入产出比 (ACOS) 总计;"
        "总广告投资回报率 (ROAS);7天总订单数(#);7天总销售量(#);7天的转化率;7天内广告SKU销售量(#);"
        "7天内其他SKU销售量(#);7天内广告SKU销售额;7天内其他SKU销售额",
    ),
    "advertised products of Sponsored Products in German": (
        "SPONSORED_PRODUCTS_ADVERTISED_PRODUCT",
        "Datum;Portfolioname;Währung;Kampagnen-Name;Anzeigengruppenname;Beworbene SKU;"
        "Beworbene ASIN;Impressionen;Klicks;Klickrate (CTR);Kosten pro Klick (CPC);Ausgaben;"
        "7 Tage, Umsatz gesamt (€);Gesamtumsatzkosten für Werbung (ACOS) ;"
        "7 Tage, Aufträge gesamt (#);7-Tage-Konversionsrate",
    ),
    "advertised products of Sponsored Products in Japanese": (
        "SPONSORED_PRODUCTS_ADVERTISED_PRODUCT",
        "開始日;終了日;ポートフォリオ名;キャンペーン名;広告グループ名;宣伝SKU;宣伝 ASIN;"
        "インプレッション;クリック数;クリックスルー率（CTR）;クリック課金制（CPC）;費用;"
        "広告がクリックされてから7日間の総売上高;広告費売上高比率（ACOS）合計;広告費用対効果（ROAS）合計",
    ),
    "budgets of Sponsored Products": (
        "SPONSORED_PRODUCTS_BUDGET",
        "Start Date;End Date;Portfolio name;Program Type;Campaign Name;Status;Currency;Budget;"
        "Recommended Budget;Average Time in Budget;Estimated Missed Impressions Range Min;"
        "Impressions;Clicks;Spend;7 Day Total Sales",
    ),
    "keywords of Sponsored Brands, 2020": (
        "SPONSORED_BRANDS_KEYWORD",
        "Start Date;End Date;Portfolio name;Currency;Campaign Name;Targeting;Match Type;"
        "Impressions;Clicks;Click-Thru Rate (CTR);Cost Per Click (CPC);Spend;"
        "Total Advertising Cost of Sales (ACoS);Total Return on Advertising Spend (RoAS);"
        "14 Day Total Sales;14 Day Total Orders (#);14 Day Total Units (#);14 Day Conversion Rate;"
        "14 Day New-to-brand Orders (#);14 Day % of Orders New-to-brand;14 Day New-to-brand Sales",
    ),
    "keywords by placement of Sponsored Brands": (
        "SPONSORED_BRANDS_KEYWORD_PLACEMENT",
        "Date;Portfolio name;Currency;Campaign Name;Targeting;Match Type;Placement Type;"
        "Impressions;Clicks;Click-Thru Rate (CTR);Cost Per Click (CPC);Spend;14 Day Total Sales",
    ),
    "campaigns of Sponsored Brands": (
        "SPONSORED_BRANDS_CAMPAIGN",
        "Date;Portfolio name;Currency;Campaign Name;Cost type;Country;Impressions;Clicks;Spend;"
        "Total ACOS;Total ROAS;14 Day Total Sales;14 Day New-to-brand Sales;Video Unmutes;"
        "Long-Term Sales",
    ),
    "campaigns by placement of Sponsored Brands": (
        "SPONSORED_BRANDS_CAMPAIGN_PLACEMENT",
        "Date;Portfolio name;Currency;Campaign Name;Cost type;Placement;Impressions;"
        "Viewable Impressions;Clicks;Spend;Total ACOS;Total ROAS;14 Day Total Sales",
    ),
    "attributed purchases of Sponsored Brands": (
        "SPONSORED_BRANDS_ATTRIBUTED_PURCHASES",
        "Date;Currency;Campaign Name;Attribution type;Purchased ASIN;Cost type;"
        "14 Day Total Sales;14 Day Total Orders (#);14 Day Total Units (#);"
        "14 Day New-to-brand Sales;14 Day % of Sales New-to-brand;14 Day Total Sales - (Click)",
    ),
    "targeting of Sponsored Display": (
        "SPONSORED_DISPLAY_TARGETING",
        "Date;Currency;Campaign Name;Portfolio name;Cost type;Ad Group Name;Targeting;"
        "Bid optimization;Impressions;Viewable Impressions;Clicks;Click-Thru Rate (CTR);"
        "14 Day Detail Page Views (DPV);Spend;Total ACOS;14 Day Total Sales",
    ),
    "advertised products of Sponsored Display": (
        "SPONSORED_DISPLAY_ADVERTISED_PRODUCT",
        "Date;Currency;Campaign Name;Portfolio name;Cost Type;Ad Group Name;Bid Optimization;"
        "Advertised SKU;Advertised ASIN;Impressions;Viewable Impressions;Clicks;"
        "Total Advertising Cost of Sales (ACOS) - (Click);14 Day New-to-brand Sales - (Click)",
    ),
    "matched targets of Sponsored Display": (
        "SPONSORED_DISPLAY_MATCHED_TARGET",
        "Start Date;End Date;Portfolio name;Currency;Campaign Name;Targeting;Matched target;"
        "Impressions;Clicks;Cost Per Click (CPC);Total advertiser cost;14 Day Total Sales",
    ),
    "contents of a shipment": (
        "FBA_SHIPMENT_CONTENTS",
        "Merchant SKU;Title;ASIN;FNSKU;external-id;Condition;Who will prep?;Prep Type;"
        "Who will label?;Shipped",
    ),
    "sales of a vendor": (
        "VENDOR_CENTRAL_SALES",
        "ASIN;Product Title;Brand;Ordered Revenue;Ordered Revenue - Same Period Last Year (%);"
        "Ordered Units;Shipped Revenue;Shipped COGS;Shipped Units;Customer Returns",
    ),
    "sales of a vendor in Britain": (
        "VENDOR_CENTRAL_SALES",
        "ASIN;Product title;Ordered revenue;Ordered units;Dispatched revenue;Dispatched COGS;"
        "Dispatched units;Customer returns",
    ),
    "inventory of a vendor": (
        "VENDOR_CENTRAL_INVENTORY",
        "ASIN;Product Title;Brand;Sourceable Product OOS %;Vendor Confirmation %;Net Received;"
        "Net Received Units;Open Purchase Order Quantity;Receive Fill %;"
        "Overall Vendor Lead Time (days);Unfilled Customer Ordered Units;"
        "Aged 90+ Days Sellable Inventory;Aged 90+ Days Sellable Units;Sellable On-Hand Inventory;"
        "Sellable On Hand Units;Unsellable On Hand Inventory;Unsellable On Hand Units",
    ),
    "traffic of a vendor": (
        "VENDOR_CENTRAL_TRAFFIC",
        "ASIN;Product Title;Featured Offer Page Views",
    ),
    "storage fees with a utilization surcharge": (
        "GET_FBA_STORAGE_FEE_CHARGES_DATA",
        "asin;fnsku;product_name;fulfillment_center;country_code;month_of_charge;base_rate;"
        "utilization_surcharge_rate;avg_qty_for_sus;est_vol_for_sus;est_base_msf;est_sus;currency;"
        "estimated_monthly_storage_fee",
    ),
    "inventory of Europe, in the country and in others": (
        "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA",
        "sku;fnsku;asin;product-name;condition;your-price;mfn-listing-exists;"
        "afn-listing-exists;afn-warehouse-quantity;afn-fulfillable-quantity;"
        "afn-fulfillable-quantity-local;afn-fulfillable-quantity-remote;afn-total-quantity",
    ),
    "reserved inventory of June 2026": (
        "GET_RESERVED_INVENTORY_DATA",
        "sku;fnsku;asin;product-name;reserved_qty;reserved_customerorders;reserved_fc-processing;"
        "reserved_staging;program",
    ),
}


@pytest.mark.rows("case", HEADERS)
def test_every_header_of_a_document_is_a_known_column(case: str) -> None:
    name, header = HEADERS[case]
    columns = columns_of(header.split(";"), report_types.load(name))

    assert [column.header for column in columns if not column.known] == []


@pytest.mark.rows("case", HEADERS)
def test_headers_tell_the_type(case: str) -> None:
    name, header = HEADERS[case]

    assert report_types.load(name) in detect_type(header.split(";"))


def test_flags_of_an_order_report_are_known() -> None:
    paths = ["Message/OrderReport/" + name for name in ("AmazonOrderID", "IsPrime", "IsIba")]
    orders = report_types.load("GET_ORDERS_DATA")
    known = {spec.header for spec in orders.columns}

    assert known >= {"IsBusinessOrder", "IsPrime", "IsIba"}
    assert orders in detect_xml_type([f"AmazonEnvelope/{path}" for path in paths] + paths)
